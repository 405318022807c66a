/* Tickets that are called to counters: options, and words as fields of the
 * request. */
#ifndef TTSCTL_DESK_H
#define TTSCTL_DESK_H

#include "ttsctl/option.h"

extern const struct ctl_option call_options[], transfer_options[],
    calls_options[];

enum status prepare_call(struct call *call);
enum status prepare_transfer(struct call *call);
enum status prepare_series(struct call *call);

#endif
