/* The screen of `ttsctl top`: what is known, as a page. Pure. */
#ifndef TTSCTL_TOP_FACE_H
#define TTSCTL_TOP_FACE_H

#include "ttsctl/air.h"
#include "ttsctl/page.h"

/* How a daemon is. */
struct sight_daemon {
	const json_t *status; /* its last answer; NULL: there was none */
	const char *trouble;  /* "": it answers */
};

/* What there is to show. NULL is what is not known. */
struct sight {
	struct sight_daemon ttsd, streamer;
	const char *gateway; /* where it is to listen; "": nowhere */
	bool gateway_answers;
	const struct air *air;
	const json_t *queues;   /* lists, by channel, as `queue` answers */
	const json_t *outputs;  /* list, of those that are to be shown */
	const json_t *receipts; /* by output: the event of its last one */
	int64_t now_ms;         /* UTC, since 1970 */
};

/* Asks for so many of each queue, the one on air among them. */
#define FACE_QUEUE_MAX 20

/* Writes all of it, on a terminal in as much detail as there are rows for. */
void face_write(struct page *p, const struct sight *s);

#endif
