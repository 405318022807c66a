/*
 * The socket by which other programs have a text spoken for them alone
 * (docs/PROTOCOL.md, Speech without a channel). A client asks once, in one
 * line; it gets one line, and behind a good one frames, until the last of them
 * or until it goes.
 */
#ifndef TTSD_SPEECH_SPEECH_SOCKET_H
#define TTSD_SPEECH_SPEECH_SOCKET_H

#include "common/control/proto.h"
#include "platform/succession.h"
#include "ttsd/speech/speaking.h"

#define SPEECH_CLIENTS_MAX 32
/* A client has so long to ask, and to take anything of what waits for it. */
#define SPEECH_PATIENCE_NS (30 * NS_PER_S)

struct speech_socket;

/* What is asked is the owner's to read. */
struct speech_owner {
	/* Reads a line, without its newline, and writes the reply to `reply`.
	 * What is to be spoken goes to `order`, with a saying that becomes the
	 * caller's; with a refusal there is none. OP_LATER: nothing is written,
	 * and it is asked again at speech_socket_retry(). */
	enum verdict (*ask)(void *arg, const char *line, size_t len,
	    struct speech_order *order, struct buf *reply);
};

/* Makes one that is not open yet; `owner` and `arg` must outlive it. ERR_NOMEM,
 * or as timer_new(). */
int speech_socket_new(struct loop *l, const struct speech_owner *owner,
    void *arg, struct speech_socket **out);
/* Closes it, and every connection. NULL is fine. */
void speech_socket_free(struct speech_socket *s);

/* Opens it at `path`; errors as listener_new(). Or takes over that of an
 * earlier program: ERR_INVALID, where there was none, and others. */
int speech_socket_open(struct speech_socket *s, const char *path);
int speech_socket_take_over(
    struct speech_socket *s, struct parcel *p, const json_t *word);
bool speech_socket_is_open(const struct speech_socket *s);
/* NULL without memory. Its clients are not handed over. */
json_t *speech_socket_hand_over(
    const struct speech_socket *s, struct parcel *p);

/* Leaves room for connections, as listener_leave() says. */
void speech_socket_leave(struct speech_socket *s, size_t connections);

/* Asks again what was answered with OP_LATER. NULL is fine. */
void speech_socket_retry(struct speech_socket *s);
/* Ends all that is spoken, with an error that says why, which those read who
 * keep up. NULL is fine. */
void speech_socket_interrupt(struct speech_socket *s, const char *why);

#endif
