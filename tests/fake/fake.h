/*
 * A third platform beside posix and win32, in memory, for tests: nothing in it
 * opens, runs or waits for anything. The clock stands until the test turns it,
 * connections are buffers, and a process does what the test makes it do. Real
 * daemons run on it, whole: the test plays the rest of the world.
 *
 * The same seed gives the same run. What is ready is served in the order in
 * which it became so; with fake_shuffle() in a random one, as a system may.
 *
 * A mistake in a test or a daemon that the fake notices (a connection left
 * open, a loop that never comes to rest) ends the test by abort(), with a line
 * that says which.
 */
#ifndef TESTS_FAKE_FAKE_H
#define TESTS_FAKE_FAKE_H

#include "platform/succession.h"

/* ---- the world -------------------------------------------------------- */

#define FAKE_START_NS (1000 * NS_PER_S)
/* 2026-01-01T00:00:00Z */
#define FAKE_START_UTC_MS INT64_C(1767225600000)

/* An empty world at FAKE_START_NS; logs of all levels are kept. What a test
 * that failed left behind is forgotten. */
void fake_begin(uint64_t seed);
/* Ends it. What a daemon opened must be closed, and its loop freed. */
void fake_end(void);
/* Serves what is ready in a random order, and puts deferred tasks off. */
void fake_shuffle(bool on);

/* ---- time ------------------------------------------------------------- */

/* Serves all that is ready now, and what comes of it; time stands. */
void fake_settle(void);
/* Lets time pass, and serves all that falls due in it. */
void fake_run(int64_t ns);
/* The same until `done` says so, for `ns` at most; returns what it says. */
bool fake_run_until(bool (*done)(void *arg), void *arg, int64_t ns);
/* Time passes and nobody is served: the machine slept, or was busy. */
void fake_stand_still(int64_t ns);
/* The test has timers, too: timer_new() with no loop. */

/* Sets the time of day, which clock_now_ns() does not know. */
void fake_set_utc(int64_t ms);

/* ---- loops ------------------------------------------------------------ */

/* NULL: the loop that was made last. */
void fake_signal(struct loop *l, enum loop_signal signal);
/* loop_stop() was called. */
bool fake_stopped(const struct loop *l);

/* Around calls of a test into a daemon that fake_settle() does not make:
 * memory that is asked for in between is the daemon's (fake_in_daemon()). */
void fake_enter(void);
void fake_leave(void);
/* Is it the daemon's code that runs now, and neither the test's nor the fake's?
 */
bool fake_in_daemon(void);

/* ---- successors (platform/succession.h) ------------------------------- */

/* The next daemon that is configured takes over what is in that parcel, which
 * is taken. The one before has ended: its children that are in there live on.
 */
void fake_bequeath(struct parcel *p);

/* ---- connections ------------------------------------------------------ */

/*
 * The test's end of one is a stream as well, its "peer". With an owner
 * (stream_set_owner) what arrives comes as events; without, it waits to be
 * looked at with peer_data(). All calls of platform.h work on it but
 * stream_close(): peer_close() does that, also after the daemon's end is gone.
 */

/* Connects to a daemon's listener; NULL when there is none. */
struct stream *peer_connect(const char *path);
/* Lets daemons connect to `path`; the peer comes at once. NULL: no more. */
void fake_listen(const char *path,
    void (*accepted)(void *arg, struct stream *peer), void *arg);
/* Makes listening at that path fail with `err` from now on; 0 lifts it. */
void fake_refuse(const char *path, int err);

/* All of it arrives, however much the daemon still has to read. */
void peer_write(struct stream *peer, const void *data, size_t len);
void peer_puts(struct stream *peer, const char *text);
/* Return the bytes that the daemon wrote and that were not taken yet. */
const uint8_t *peer_data(const struct stream *peer);
size_t peer_len(const struct stream *peer);
void peer_take(struct stream *peer, size_t len);

/* Bytes that the daemon can write and nobody takes: 64 KiB, or what
 * stream_set_buffer() said. */
void peer_set_room(struct stream *peer, size_t bytes);
/* Each of its writes takes at most so many; 0: no such bound. */
void peer_set_bite(struct stream *peer, size_t bytes);
void peer_set_pid(struct stream *peer, int64_t pid);

/* Writes no more; still reads. */
void peer_shut(struct stream *peer);
/* Breaks it: what is under way is lost, the daemon is told `err`. */
void peer_break(struct stream *peer, int err);
/* The daemon closed its end. */
bool peer_ended(const struct stream *peer);
/* The daemon does not read just now. */
bool peer_is_held_up(const struct stream *peer);
/* NULL is fine. */
void peer_close(struct stream *peer);

/* Ends of daemons that are open. */
size_t fake_streams(void);

/* ---- processes -------------------------------------------------------- */

/* A program: what a process does when something is done to it. Without a
 * program, or where a call is NULL, SIGINT and SIGKILL end it. */
struct fake_program {
	void (*interrupted)(void *self, struct process *p);
	void (*killed)(void *self, struct process *p);
	/* process_cut(), and what it returns. May be NULL: false. */
	bool (*cut)(void *self, int receive_bytes);
	/* The daemon has forgotten it: `p` and its peers are no more. */
	void (*freed)(void *self, struct process *p);
};

/* Called when a daemon spawns one, to make it what it is. Returns 0, or the
 * error that process_spawn() is to fail with. */
void fake_on_spawn(int (*spawned)(void *arg, struct process *p), void *arg);
/* What copies of a daemon put from now on comes so much later, and they fail
 * behind so many bytes; 0 and SIZE_MAX at first. */
void fake_copies(int64_t delay_ns, size_t bytes);
/* Gives a process its program. To be called from within `spawned`. */
void proc_set_program(
    struct process *p, const struct fake_program *program, void *self);
/* Makes the program one that can't be run, which is told as `gone`. */
void proc_cannot_run(struct process *p, int err);

const char *const *proc_argv(const struct process *p);
/* Returns the text that the process alone reads (process_spec), or NULL. */
const char *proc_text(const struct process *p);
/* Has it `part` in a word of its command line, or in that text? */
bool proc_is_told(const struct process *p, const char *part);
/* Return the peers of the process's pipes. They are closed when it ends or is
 * freed. */
struct stream *proc_in(const struct process *p);
struct stream *proc_out(const struct process *p);
struct stream *proc_err(const struct process *p);

/* End the process; what it wrote still arrives. */
void proc_exit(struct process *p, int code);
void proc_die(struct process *p, int signal);
/* Keeps its pipes open after its end, as if something that it started had them.
 */
void proc_hold_pipes(struct process *p);
/* Makes it hang in the kernel, so that not even SIGKILL ends it. */
void proc_set_stuck(struct process *p, bool stuck);
/* Sets what process_connections() tells of it; the list is copied. */
void proc_set_connections(
    struct process *p, const struct connection *list, size_t count);
/* Sets how many sockets process_sockets() counts; 1 at first. */
void proc_set_sockets(struct process *p, int count);

bool proc_has_ended(const struct process *p);
unsigned proc_interrupts(const struct process *p);
unsigned proc_kills(const struct process *p);

/* Goes through the processes that were spawned and not freed, the oldest first:
 * NULL gives the first, and comes after the last. */
struct process *proc_next(const struct process *p);
/* Counts those that have not ended. */
size_t proc_living(void);
/* Was process_withhold() called for this name? */
bool fake_is_withheld(const char *name);

/* ---- files, the log, the service manager ------------------------------ */

/* Sets what path_read() finds; NULL stands for no such file. Where `open` is
 * set, other users can read it. */
void fake_file(const char *path, const char *text, bool open);
/* Returns what is in a file; NULL where there is none. */
const char *fake_file_text(const char *path);
/* Returns how often the disk was made to take it (file_sync). */
unsigned fake_syncs(const char *path);
/* Makes a folder, for platform/files.h; reading it, or a new file in it, fails
 * with `err`. A folder with a file in it needs no making. */
void fake_folder(const char *path, int err);
/* Makes reading that file take for ever. */
void fake_file_hangs(const char *path, bool hangs);
/* Is that process a daemon's own reader of a file (daemon/file_reader.h)? Then
 * it reads, and is done. For `spawned` of fake_on_spawn(). */
bool fake_reads_file(struct process *p);
/* Makes runtime_dir_open() fail; 0 lifts it. */
void fake_refuse_runtime_dir(int err);

/* FAKE_LOG=1 in the environment shows it, with the clock. */
bool fake_logged(const char *text);
unsigned fake_log_count(enum log_level level);
void fake_log_forget(void);

bool fake_service_is_ready(void);
bool fake_service_is_stopping(void);
/* Returns what service_complain() was told last, or "". */
const char *fake_complaint(void);

/* ---- HTTP ------------------------------------------------------------- */

/* Asks the server that was opened last for a page; appends it to `out`.
 * Returns the status, or a negative enum err where the answer broke off. */
int fake_get(const char *path, struct buf *out);

#endif
