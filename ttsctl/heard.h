/*
 * `say --wait=heard`: once an announcement was spoken, whether each output that
 * listens has heard it, by the events `receipt` of ttsd.
 */
#ifndef TTSCTL_HEARD_H
#define TTSCTL_HEARD_H

#include "ttsctl/client.h"

/* An output tells within 45 s of the end (docs/OUTPUTS.md); no longer than this
 * is waited for it. */
#define HEARD_PATIENCE_NS (60 * NS_PER_S)

struct heard {
	json_t *outputs; /* that listen: lists of names, by channel */
	bool unasked;    /* streamer-supervisor did not answer */
	json_t *owed;    /* lists of names, by id */
	struct timer *deadline;
	struct client *client; /* of ttsd, which is finished when time is up */
	enum status status;
};

/* Asks streamer-supervisor which outputs listen. Where it does not answer none
 * does. STATUS_FAILED, with a message: out of memory. */
enum status heard_init(struct heard *h, struct call *call);
void heard_done(struct heard *h);

/* Takes the `finished` of one that was spoken, which is to be heard from then
 * on. */
void heard_expect(struct heard *h, struct client *c, const json_t *event);
/* Takes the id of one that was spoken before: no event of it will come. */
void heard_past(struct heard *h, const json_t *id);
/* Is that `receipt` waited for? Then it is to be taken. */
bool heard_awaits(const struct heard *h, const json_t *event);
void heard_take(struct heard *h, const json_t *event);

/* Is all known, or one missed? `status` then tells: STATUS_UNKNOWN where nobody
 * can say of one whether it was heard; what was wrong was said. */
bool heard_is_over(const struct heard *h);

#endif
