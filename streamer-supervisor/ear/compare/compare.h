/*
 * Is what came back what was sent? It is fed with both, 8 kHz mono, finds the
 * delay between them, and says for any piece that was sent whether it came.
 *
 * The delay is that of a player which plays as early as it can without a gap:
 * the greatest of the last seconds. Pure: time is handed in, in ns of one
 * clock.
 */
#ifndef STREAMER_SUPERVISOR_EAR_COMPARE_COMPARE_H
#define STREAMER_SUPERVISOR_EAR_COMPARE_COMPARE_H

#include "streamer-supervisor/ear/compare/align.h"
#include "streamer-supervisor/ear/compare/blocks.h"
#include "streamer-supervisor/ear/compare/drop_outs.h"

/* What is quieter counts as silence: -60 dBFS. Measured on silence that went
 * through AAC, Opus, MP3, Vorbis, G.722 and PCMU: an RMS of at most 4 in 99 of
 * 100 blocks; comfort noise is set to about 10. */
#define COMPARE_SILENCE_RMS 33
/* On a channel whose silence bears a mark of 8 (`watermark`): -78 dBFS. */
#define COMPARE_SILENCE_MARKED_RMS 4

#define HEARD_STATES(X)                                                       \
	X(HEARD_LISTENING, "listening")   /* nothing can be said yet */       \
	X(HEARD_SILENT, "silent-as-sent") /* silence was sent, and came */    \
	X(HEARD_WELL, "heard")            /* what was sent comes */           \
	X(HEARD_NOT, "unheard")           /* sound was sent, silence comes */ \
	X(HEARD_FOREIGN, "foreign")       /* other sound comes */

#define HEARD_STATE(state, name) state,
enum heard_state { HEARD_STATES(HEARD_STATE) };
#undef HEARD_STATE

enum span_state {
	SPAN_OPEN,   /* it may still come */
	SPAN_HEARD,  /* it came */
	SPAN_MISSED, /* it did not, or not in time */
	SPAN_SILENT, /* there is no sound in it that could be heard */
	SPAN_BEFORE, /* it began before what comes was listened to */
};

struct span_verdict {
	enum span_state state;
	float confidence;  /* heard: the correlation, 0 to 1 */
	int64_t delay_ns;  /* heard */
	unsigned judged;   /* blocks of its sound whose place has come */
	unsigned lacking;  /* missed: so many blocks of its sound, … */
	unsigned sounding; /* … of so many */
	bool came;         /* missed: something else came in its place */
};

struct compare {
	struct track sent, heard;
	struct sweep *sweep;
	struct blocks blocks;
	int64_t delay_max_ns;
	float silence; /* energy of a block that is no sound, at most */
	enum heard_state state;
	enum heard_state doubt; /* what it would be, if it stays so … */
	int64_t doubt_ns;       /* … from then on */
	bool found;             /* `align` is known */
	struct align align;
	uint64_t next;     /* the block that is to be judged */
	uint64_t made;     /* blocks that were sent */
	uint64_t seen;     /* samples of `heard` that were looked at */
	uint64_t searched; /* and at the last search */
	unsigned failed;   /* searches in a row that found nothing */
	int64_t delay_ns;  /* -1: not known; it outlives a lost reader */
	struct drop_outs drop_outs;
	int64_t began_ns; /* when the first of `heard` came; 0: not yet */
	bool lost;        /* what comes was read anew, once or more */
	int64_t came_ns;  /* when the last of it came */
};

/* Nothing that comes later than `delay_max_ns` is waited for. `silence_rms`:
 * one of the above. ERR_NOMEM; compare_done() is fine then too. */
int compare_init(struct compare *c, int64_t delay_max_ns, unsigned silence_rms);
void compare_done(struct compare *c);

/* Samples of what was sent, and of what came; gapless since the last call of
 * compare_restart() and compare_deaf(). */
void compare_sent(
    struct compare *c, const int16_t *samples, size_t n, int64_t now_ns);
void compare_heard(
    struct compare *c, const int16_t *samples, size_t n, int64_t now_ns);

/* What is sent begins anew, with sample 0; spans from before are forgotten. */
void compare_restart(struct compare *c);
/* What comes is read anew: its next sample follows none. */
void compare_deaf(struct compare *c);

/* Judges what came by now. Call it now and then, a few times a second. */
void compare_judge(struct compare *c, int64_t now_ns);

enum heard_state compare_state(const struct compare *c);
const char *heard_state_name(enum heard_state state);
/* In ms; -1: not known. */
int64_t compare_delay_ms(const struct compare *c);
/* RMS of what came in the last two seconds, in dBFS, -100 at least. */
float compare_level_db(const struct compare *c);
/* How often some of the sound was lacking in the midst of what came. */
uint64_t compare_drop_outs(const struct compare *c);

/* What became of samples `from` to `to` - 1 of what was sent? */
struct span_verdict compare_span(
    const struct compare *c, uint64_t from, uint64_t to, int64_t now_ns);

#endif
