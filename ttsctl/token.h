/*
 * `token`: who may ask ttsd-gateway, and what. It changes the gateway's file of
 * tokens (common/control/token.h), and asks no daemon.
 */
#ifndef TTSCTL_TOKEN_H
#define TTSCTL_TOKEN_H

#include "ttsctl/option.h"

extern const struct ctl_option token_options[];

enum status run_token(struct call *call);

#endif
