/* This is what the files of the fake platform share. */
#ifndef TESTS_FAKE_WORLD_H
#define TESTS_FAKE_WORLD_H

#include "tests/fake/fake.h"

/* Ends the test: it, or a daemon, did what must not be. */
_Noreturn void world_fail(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* ---- loop.c ----------------------------------------------------------- */

/* Puts an item in line to be served; its fn is called once for each time. */
void world_ready(struct loop_task *item);
/* Takes an item out of the line. */
void world_forget(struct loop_task *item);

/* Says who is at work from now on: the daemon, or (false) the test and the fake
 * itself. Returns who was, for world_leave(). */
bool world_enter(bool daemon);
void world_leave(bool before);

/* Returns a random number, uniform below n. */
uint64_t world_random(uint64_t n);

/* ---- clock.c ---------------------------------------------------------- */

void clock_begin(uint64_t seed);
void clock_turn(int64_t to_ns);

/* ---- timer.c ---------------------------------------------------------- */

void timer_begin(void);
/* Returns when the next timer is due; INT64_MAX when none is set. */
int64_t timer_next_ns(void);
/* Is a timer due now that goes before all else? */
bool timer_is_pressing(void);
/* Makes coarse timers of daemons due so much later. */
void timer_shift(int64_t ns);
/* Fires the timer that is due first. */
void timer_fire(void);
size_t timer_count(void);

/* ---- stream.c --------------------------------------------------------- */

void stream_begin(void);
/* Two ends of one connection; `loop` NULL: the test's. ERR_NOMEM for the
 * first one, whose memory is a daemon's. */
int stream_pair(struct loop *a, struct loop *b, struct stream **out_a,
    struct stream **out_b);
/* Closes the test's ends that are left. */
void stream_end_all(void);
/* Gives a daemon's end to another loop; nobody owns it yet. */
void stream_move(struct stream *s, struct loop *l);

/* ---- listener.c ------------------------------------------------------- */

void listener_begin(void);
/* Connects to who listens there. */
int listener_connect(const char *path, struct loop *l, struct stream **out);
size_t listener_count(void);
void listener_end_all(void);

/* ---- files.c ---------------------------------------------------------- */

struct fake_file {
	struct fake_file *next;
	char *path;
	char *text;  /* NULL: none any more */
	bool open;   /* others can read it */
	bool hangs;  /* reading it takes for ever */
	bool folder; /* and no file */
	int err;     /* what a new file in that folder fails with */
	unsigned syncs;
};

void files_begin(void);
void files_end(void);
/* NULL: there never was one of that name. */
struct fake_file *files_find(const char *path);

/* ---- the rest --------------------------------------------------------- */

void process_begin(void);
/* Makes a process a copy of its daemon. */
int copy_spawned(struct process *p, const struct process_copy *copy);
void process_end_all(void);
void path_begin(void);
void service_begin(void);
void service_end(void);
void http_begin(void);
size_t http_count(void);

#endif
