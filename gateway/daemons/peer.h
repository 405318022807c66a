/*
 * One of the two daemons, as the gateway asks it: a question is a line of its
 * control protocol, and one line comes back.
 *
 * Answers of one connection come in the order of its questions, and some of
 * them wait, for a disk or a worker: so each question has a connection for
 * itself while it is open, one that an earlier one has left where there is one.
 */
#ifndef GATEWAY_DAEMONS_PEER_H
#define GATEWAY_DAEMONS_PEER_H

#include <jansson.h>

#include "platform/platform.h"

/* Connections at once; what comes beyond waits, up to PEER_WAITING_MAX. */
#define PEER_LINKS_MAX 32
#define PEER_WAITING_MAX 1024
/* An answer has at most so many bytes, and comes within this time: a daemon
 * gives what waits for its disk half a second. */
#define PEER_ANSWER_MAX ((size_t)16 * 1024 * 1024)
/* One that is longer than this is read while no other such one is: who asks for
 * many long answers takes the memory of one. */
#define PEER_ANSWER_LONG ((size_t)256 * 1024)
#define PEER_PATIENCE_NS (15 * NS_PER_S)

struct peer;
struct question;

/* `line` is the answer, without its newline, valid during the call; or NULL,
 * `err` says why there is none: ERR_NOT_FOUND, ERR_REFUSED (nobody listens),
 * ERR_UNTRUSTED, ERR_TIMEOUT, ERR_CLOSED (it ended meanwhile: nobody knows
 * whether it was done), ERR_TOO_LONG, ERR_NOMEM. The question is over. */
typedef void peer_answer(void *arg, const char *line, size_t len, int err);

/* `name` is for messages, `path` that of the control socket; both must outlive
 * it. ERR_NOMEM, or as timer_new(). */
int peer_new(
    struct loop *l, const char *name, const char *path, struct peer **out);
/* Forgets what is open. NULL is fine. */
void peer_free(struct peer *p);

const char *peer_name(const struct peer *p);
/* Questions that are open, and those of them that wait for a connection. */
size_t peer_questions(const struct peer *p);
size_t peer_waiting(const struct peer *p);

/* Asks; `line` is copied, and ends with its newline. The answer comes later,
 * never within the call. ERR_FULL, ERR_NOMEM. */
int peer_ask(struct peer *p, const char *line, size_t len, peer_answer *fn,
    void *arg, struct question **out);
/* The same, of a request that is not written yet and stays the caller's; NULL
 * is one that there was no memory for. ERR_TOO_LONG where a daemon takes no
 * line of that length. */
int peer_ask_body(struct peer *p, const json_t *body, peer_answer *fn,
    void *arg, struct question **out);
/* Whoever asked has gone: the answer is for nobody, and what still waits is not
 * asked at all. */
void question_drop(struct question *q);

#endif
