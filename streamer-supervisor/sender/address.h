/*
 * The URL of an output that is not written down in the configuration: read
 * from `url_file`, or asked of `url_command`, afresh at each start. Such URLs
 * carry tokens that expire; they are secrets, and never logged here.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_ADDRESS_H
#define STREAMER_SUPERVISOR_SENDER_ADDRESS_H

#include "common/conf/conf.h"
#include "platform/platform.h"

/* Bytes of a URL, without its terminator. */
#define ADDRESS_MAX 2048

struct address;

/* `conf` must outlive it; address_free() after a failure too. `answered`
 * follows an address_ask() that had to wait; `err` is as if that had returned
 * it. */
int address_new(struct loop *l, const struct conf_address *conf,
    void (*answered)(void *arg, int err), void *arg, struct address **out);
/* NULL is fine. */
void address_free(struct address *a);

/* 0: there is a URL. ERR_AGAIN: `answered` follows, unless it is cancelled.
 * Others: there is none, and address_why() tells. */
int address_ask(struct address *a);
/* Ends the command that is running, or the reading. False: none is. */
bool address_cancel(struct address *a);

const char *address_url(const struct address *a);
/* Names the key of the configuration. */
const char *address_why(const struct address *a);

#endif
