/*
 * The receipt of one announcement at one output, until it is complete: it is
 * sent, delivered where that can be seen, and heard or missed where somebody
 * listens. Nothing is told that was not seen, and no state after a later one.
 * Pure.
 */
#ifndef STREAMER_SUPERVISOR_RECEIPTS_OWED_H
#define STREAMER_SUPERVISOR_RECEIPTS_OWED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/record.h"

/* In the order in which they may follow. The last three are verdicts: none
 * follows one. */
#define OWED_STATES(X)                                                   \
	X(SENT, "sent")           /* ffmpeg took its last sample */      \
	X(DELIVERED, "delivered") /* the server's system acknowledged */ \
	X(HEARD, "heard")         /* it came back, all of it */          \
	X(MISSED, "missed")       /* some of it did not get there */     \
	X(UNKNOWN, "unknown")     /* nobody can say whether it was heard */

enum owed_state {
#define X(name, text) OWED_##name,
	OWED_STATES(X)
#undef X
	    OWED_STATE_COUNT
};

extern const char *const owed_state_names[];

/* How long an output's last samples may be held back within ffmpeg, behind the
 * time that it tells: a page of Ogg, and what an encoder looks ahead. */
#define OWED_MARGIN_US 250000
/* A verdict waits so long for what should come before it. */
#define OWED_HOLD_NS INT64_C(1000000000)
/* Nothing is waited for any longer: what the ear takes for late is later than
 * that (hearing_argv.c), and so are connections that are given up. */
#define OWED_PATIENCE_NS INT64_C(45000000000)

#define OWED_REASON_MAX 200

/* An announcement, as samples of its channel; `end` is behind it. */
struct owed_span {
	uint64_t id, from, end;
	uint32_t rate_hz;
};

struct owed_word {
	enum owed_state state;        /* OWED_STATE_COUNT: none yet */
	int64_t delay_ms;             /* HEARD */
	double confidence;            /* HEARD: 0 to 1 */
	char reason[OWED_REASON_MAX]; /* MISSED, UNKNOWN */
};

/* A reader of the channel: which of its samples were left out for it. */
struct owed_reader {
	int64_t pid;
	uint64_t first_sample;
	uint64_t left_out; /* samples, all of them before … */
	uint64_t edge;     /* … this one; first_sample where there are none */
	uint64_t reached;  /* up to that sample it has been given all */
	uint32_t rate_hz;
};

/* The ffmpeg of an output, as it is now. */
struct owed_sender {
	int64_t pid;       /* 0: none */
	int64_t ran_ns;    /* since its start, by a clock that never stands */
	bool sends;        /* sound flows out of it */
	int64_t sent_us;   /* of the time that it sends, since its start */
	bool acknowledges; /* its server does, by what follows */
	unsigned connections;
	uint64_t acknowledged, unacknowledged; /* bytes, of all of them */
	uint64_t ear; /* a number of its own for each ear; 0: none listens */
	const char *ear_lost; /* how the last one was lost; "": none was */
	const char *why; /* why there is no ffmpeg, or no such one any more */
};

#define OWED_PHASES(X)                                                    \
	X(EARLY, "early") /* an ear told of it before its end was told */ \
	X(PLACING,                                                        \
	    "placing") /* not known yet where in ffmpeg's time it lies */ \
	X(SENDING, "sending")                                             \
	X(ACKNOWLEDGING, "acknowledging")                                 \
	X(PASSED, "passed") /* nothing more is to be seen of its sending */

enum owed_phase {
#define X(name, text) OWED_##name,
	OWED_PHASES(X)
#undef X
};

struct owed {
	uint64_t id;
	uint64_t from, end; /* as of owed_span */
	enum owed_phase phase;
	int64_t pid;       /* of the ffmpeg that sends it */
	bool sends;        /* that one has, as far as was seen */
	int64_t target_us; /* of its last sample, in that ffmpeg's time */
	uint64_t due;      /* what is to be acknowledged in all */
	unsigned connections;
	struct owed_word sending; /* what speaks against its being heard */
	bool listens;             /* an ear owes a verdict */
	uint64_t ear;
	struct owed_word verdict; /* of the ear */
	int64_t verdict_ns;       /* when it came */
	int64_t begun_ns;
};

/* What the program's successor needs of it. */
extern const struct record_field owed_fields[];

/* An announcement has ended, of so many samples a second. `hears`: the output
 * is to be listened to. */
void owed_begin(struct owed *o, const struct owed_span *span, bool hears,
    const struct owed_sender *s, int64_t now_ns);
/* An ear has a word of one of which it is not told yet that it has ended:
 * owed_hear() follows, and owed_begin() most likely. */
void owed_begin_early(struct owed *o, uint64_t id, int64_t now_ns);

/* Tells what the channel knows of the output's ffmpeg: NULL, that it does not
 * read it. */
void owed_place(struct owed *o, const struct owed_reader *r);
/* Nobody can tell that any more. */
void owed_displace(struct owed *o, const char *why);
/* The ear's word, a verdict. */
void owed_hear(struct owed *o, const struct owed_word *verdict, int64_t now_ns);

/* Looks what there is to tell: fills `out`, and should be called again, or
 * returns false. *over: nothing follows, and it may be forgotten. */
bool owed_next(struct owed *o, const struct owed_sender *s, int64_t now_ns,
    struct owed_word *out, bool *over);

#endif
