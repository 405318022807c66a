/*
 * The URL of an output that is not written down in the configuration: read
 * from `url_file`, or asked of `url_command`, afresh at each start. Such URLs
 * carry tokens that expire; they are secrets, and never logged here.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_ADDRESS_H
#define STREAMER_SUPERVISOR_SENDER_ADDRESS_H

#include "common/conf/conf.h"
#include "platform/platform.h"

/* A URL has at most so many bytes, without its terminator. */
#define ADDRESS_MAX 2048

struct address;

/* Makes the address; `conf` must outlive it, and address_free() is due after a
 * failure too. `answered` follows an address_ask() that had to wait; `err` is
 * what that would have returned. Fails with ERR_NOMEM or as timer_new(). */
int address_new(struct loop *l, const struct conf_address *conf,
    void (*answered)(void *arg, int err), void *arg, struct address **out);
/* NULL is fine. */
void address_free(struct address *a);

/* Asks for the URL. Returns 0 when there is one, ERR_AGAIN when `answered`
 * follows (unless it is cancelled), or another error when there is none;
 * address_why() then tells why. */
int address_ask(struct address *a);
/* Ends the command or the reading that is under way; false when none is. */
bool address_cancel(struct address *a);

const char *address_url(const struct address *a);
/* Why there is no URL, for a person; names the key of the configuration. */
const char *address_why(const struct address *a);

#endif
