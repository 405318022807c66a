/*
 * The words of a channel as they were said, each with the line that is shown
 * while it is heard: cut at the borders of segments, they become cues. Pure.
 */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_CUES_H
#define STREAMER_SUPERVISOR_CAPTIONS_CUES_H

#include <stdbool.h>

#include "streamer-supervisor/captions/timeline.h"
#include "streamer-supervisor/captions/webvtt.h"

/* So many words are kept, the newest ones: a minute of the fastest speech. */
#define CUES_MAX 1024
/* No word is shown for longer: nobody tells its end when ttsd is gone. */
#define CUES_LONGEST_MS 10000
/* A longer line of words is taken in pieces. */
#define CUES_TEXT_MAX (64 * 1024)

struct cue {
	uint64_t id;            /* of the announcement */
	uint64_t sample, after; /* the first, and the first behind it */
	char *text;             /* of webvtt_text() */
};

/* Starts as zeroes. */
struct cues {
	struct cue items[CUES_MAX]; /* in the order of their samples */
	size_t count;
	/* What was said of an announcement whose text is not known. */
	uint64_t id;
	char *text;
	size_t len;
};

void cues_done(struct cues *c);

struct cues_word {
	uint64_t id;      /* of its announcement */
	uint64_t sample;  /* of the channel */
	const char *word; /* valid UTF-8, as all texts */
	/* Where it stands, and its characters there. NULL: nobody knows, and
	 * the line is made of the words as they come. */
	const char *text;
	size_t from, to;
};

/* Adds a word, which is heard until the next one, or the end of its
 * announcement. Fails with ERR_NOMEM: it is not shown. */
int cues_word(struct cues *c, const struct cues_word *w);

/* Ends an announcement before the sample `after`. */
void cues_end(struct cues *c, uint64_t id, uint64_t after);

/* Writes what is heard from one time to another, in ticks of the run
 * (timeline.h); cues' times are those of the run, in milliseconds. Fails as
 * buf_put(). */
int cues_write(const struct cues *c, const struct timeline *t, int64_t from,
    int64_t to, struct buf *out);

#endif
