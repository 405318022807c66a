/*
 * The life of one child process, as a pure state machine. It serves the
 * engine workers of ttsd and the ffmpegs of streamer-supervisor alike.
 *
 * The owner feeds events with the time; the machine answers with one action
 * to carry out, and `deadline_ns` says when to feed CHILD_DEADLINE. Every
 * state has an answer for every event (child.c holds the whole table), and
 * every state that waits has a deadline:
 *
 *   stopped   not wanted, no process
 *   starting  spawned, not yet ready          deadline: start_timeout
 *   running   ready                           deadline: stall_timeout since
 *                                             the last progress, where armed
 *   stalled   was killed for making no        deadline: kill again
 *             progress, or because its owner
 *             saw it fail, not yet gone
 *   stopping  asked to end, not yet gone      deadline: grace, then kill,
 *                                             then kill again
 *   backoff   gone, will be spawned again     deadline: spawn
 *   rejected  gone, refused by its peer in a  deadline: spawn (slow)
 *             way that a quick retry won't mend
 *
 * "Gone" means that the exit and the end of every pipe have arrived
 * (platform.h joins the two). What was asked of the child decides what follows,
 * never its exit code: ffmpeg ends with 0 after a lost source (measured with
 * 5.1.9). Back-off resets only when the child made progress for
 * healthy_ns (an unwatched one: was ready for that long); being spawned or
 * ready is not enough. Waiting for something that is missing (`hold`) is not
 * a failure of the child and does not count as one.
 */
#ifndef COMMON_CHILD_CHILD_H
#define COMMON_CHILD_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/child/backoff.h"

#define CHILD_STATES(X)         \
	X(STOPPED, "stopped")   \
	X(STARTING, "starting") \
	X(RUNNING, "running")   \
	X(STALLED, "stalled")   \
	X(STOPPING, "stopping") \
	X(BACKOFF, "backoff")   \
	X(REJECTED, "rejected")

enum child_state {
#define X(name, text) CHILD_##name,
	CHILD_STATES(X)
#undef X
	    CHILD_STATE_COUNT
};

#define CHILD_EVENTS(X)                                                      \
	X(START, "start")       /* somebody wants it */                      \
	X(STOP, "stop")         /* nobody wants it any more */               \
	X(RESTART, "restart")   /* wanted, but afresh */                     \
	X(HOLD, "hold")         /* not spawned: what it needs is missing */  \
	X(WAKE, "wake")         /* what it needs is back: wait no longer */  \
	X(FAILED, "failed")     /* the spawn itself failed */                \
	X(READY, "ready")       /* it works */                               \
	X(PROGRESS, "progress") /* it still works */                         \
	X(REJECT, "reject")     /* its peer refused it for good */           \
	X(STALL, "stall")       /* others see that it works no more */       \
	X(GONE, "gone")         /* exit and end of file have both arrived */ \
	X(DEADLINE, "deadline")

enum child_event {
#define X(name, text) CHILD_##name,
	CHILD_EVENTS(X)
#undef X
	    CHILD_EVENT_COUNT
};

enum child_action {
	CHILD_NOTHING,
	CHILD_SPAWN,     /* spawn; or feed CHILD_FAILED or CHILD_HOLD */
	CHILD_INTERRUPT, /* ask it to end */
	CHILD_KILL,      /* end it and all it started */
};

#define CHILD_NEVER INT64_MAX

struct child_limits {
	int64_t start_ns;      /* from spawn to ready */
	int64_t stall_ns;      /* between two signs of progress */
	int64_t grace_ns;      /* from interrupt to kill */
	int64_t healthy_ns;    /* of progress before back-off resets */
	int64_t reject_ns;     /* wait in `rejected` */
	unsigned max_restarts; /* in a row; 0: for ever */
};

struct child {
	struct child_limits limits;
	struct backoff backoff;
	enum child_state state;
	int64_t deadline_ns; /* feed CHILD_DEADLINE then; CHILD_NEVER */
	int64_t since_ns;    /* when the state was entered */
	int64_t ready_ns;    /* when it last became ready */
	int64_t progress_ns; /* last sign of progress since then */
	int64_t wait_ns;     /* the last back-off that was chosen */
	uint64_t restarts;   /* spawns after the first */
	uint64_t spawns;
	bool ready;    /* since it was spawned */
	bool watched;  /* the stall deadline is armed while running */
	bool again;    /* stopping: spawn when gone */
	bool rejected; /* its peer refused it: when gone it enters `rejected` */
};

/* Puts the machine in `stopped`. For `watched` see child_watch(). */
void child_init(struct child *c, const struct child_limits *limits,
    int64_t backoff_initial_ns, int64_t backoff_max_ns, bool watched);

/* Feeds one event and returns what the owner must do. `random`, uniform in 64
 * bits, is the jitter of the back-off. */
enum child_action child_feed(
    struct child *c, enum child_event event, int64_t now_ns, uint64_t random);

/* Arms or disarms the stall deadline: a worker that has no job makes no
 * progress, and must not be killed for that. */
void child_watch(struct child *c, bool watched, int64_t now_ns);

/* Is there a process, spawned and not yet gone? */
bool child_alive(const struct child *c);

extern const char *const child_state_names[CHILD_STATE_COUNT];
const char *child_state_name(enum child_state state);
const char *child_event_name(enum child_event event);

#endif
