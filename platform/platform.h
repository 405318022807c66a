/*
 * The one seam between ttsd and the operating system.
 *
 * platform/posix and platform/win32 implement it with the same file names;
 * nothing outside knows file descriptors, handles, libev or signals. All
 * calls are made on, and all callbacks arrive on, the loop's thread. A
 * callback may close, stop or free anything, the object it belongs to
 * included: memory is released later, from the loop.
 *
 * Functions return 0 or a negative enum err.
 */
#ifndef PLATFORM_PLATFORM_H
#define PLATFORM_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/log.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

/* ---- clock.c ---------------------------------------------------------- */

/* Monotonic; stands still while the machine sleeps or runs on, as the
 * system does it: the pacer copes with both. */
int64_t clock_now_ns(void);
/* The same clock less the time in which this process did not run, because it
 * was stopped or its machine was paused (awake.c). Whoever judges others by
 * their silence reads this clock, and coarse timers go by it: time in which the
 * judge did not run is charged to nobody. What is on air goes by
 * clock_now_ns(). It is true on the loop's thread only, while the loop runs. */
int64_t clock_awake_ns(void);
/* Goes on with it where this program is another's successor: it read `awake_ns`
 * when clock_now_ns() read `now_ns`. To be called before there is a loop. */
void clock_awake_go_on(int64_t now_ns, int64_t awake_ns);
int64_t clock_utc_ms(void); /* since 1970 */
/* Asks the system to wake this process on time even when the machine is busy;
 * children do not inherit it. It does what it can and needs no privilege. */
void clock_be_punctual(void);
/* Returns a random number, uniform in 64 bits; good for jitter, not for keys.
 */
uint64_t platform_random(void);

/* ---- loop.c ----------------------------------------------------------- */

struct loop;

/* Makes a loop, and the process ready for it: signals, clock resolution, limit
 * of open files. */
int loop_new(struct loop **out);
void loop_free(struct loop *l);

/* Runs until loop_stop(). */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

enum loop_signal {
	LOOP_TERMINATE, /* SIGTERM, SIGINT, Ctrl-C, service stop */
	LOOP_RELOAD,    /* SIGHUP */
	LOOP_UPGRADE,   /* SIGUSR2, where there is one */
};
/* Sets the receiver of signals; a loop has one. */
void loop_on_signal(
    struct loop *l, void (*fn)(void *arg, enum loop_signal signal), void *arg);

/* Work put off until the present callback has returned. The storage is the
 * caller's and must live until then; queueing it twice is once. */
struct loop_task {
	void (*fn)(void *arg);
	void *arg;
	struct loop_task *next;
	bool queued;
};
void loop_defer(struct loop *l, struct loop_task *task);

/* ---- timer.c ---------------------------------------------------------- */

struct timer;

enum timer_precision {
	TIMER_COARSE,  /* milliseconds; as many as needed */
	TIMER_PRECISE, /* as fine as the system can; runs before all else */
};

int timer_new(struct loop *l, enum timer_precision precision,
    void (*fn)(void *arg), void *arg, struct timer **out);
void timer_free(struct timer *t);

/* Fires once at an absolute time (of clock_awake_ns(), of clock_now_ns() where
 * it is precise), after all input that is there by then, or (precise) before
 * it; replaces the time set before. INT64_MAX
 * (CHILD_NEVER) stops it. A time in the past fires on the next turn. */
void timer_at(struct timer *t, int64_t when_ns);

/* ---- stream.c --------------------------------------------------------- */

/* A two-way byte stream: a local socket, a pipe to a child. */
struct stream;

struct stream_events {
	/* Bytes arrived; they are valid during the call only. */
	void (*data)(void *arg, const uint8_t *data, size_t len);
	/* There is room again, after a stream_write() that took less than all.
	 * May be NULL. */
	void (*writable)(void *arg);
	/* The peer writes no more but may still read. Comes at most once. May
	 * be NULL. */
	void (*finished)(void *arg);
	/* The stream is over: ERR_CLOSED, or what broke it. Comes at most
	 * once, and nothing after it; the owner still calls stream_close(). */
	void (*ended)(void *arg, int err);
};

/* One `data` callback brings at most so many bytes. */
#define STREAM_READ_MAX (16 * 1024)

/* Connects to a local socket (a path made by path_socket()). Reports
 * ERR_NOT_FOUND or ERR_REFUSED at once when nobody listens; ERR_UNTRUSTED
 * where the system has no folder that tells whose it is (runtime_dir.h), and
 * it is another user's. */
int stream_connect(struct loop *l, const char *path,
    const struct stream_events *events, void *arg, struct stream **out);

/* Takes as much as fits without waiting: returns 0 to len. Short: `writable`
 * follows. Negative: the stream is over, and no `ended` will say so again. */
int stream_write(struct stream *s, const void *data, size_t len);

/* Turns reading on or off; it is on at first. While it is off, nothing is read
 * and the peer is held up. */
void stream_reading(struct stream *s, bool on);

/* Sets who receives the events of a stream that a listener brought. */
void stream_set_owner(
    struct stream *s, const struct stream_events *events, void *arg);

/* Closes the stream without waiting; no callback comes afterwards. NULL is
 * fine. */
void stream_close(struct stream *s);

/* Bytes written that the peer has not yet read; 0 where unknown. An upper
 * bound: the kernel counts its own overhead too. */
size_t stream_unread(const struct stream *s);

/* Bounds what the kernel holds of written bytes, where it can. */
void stream_set_buffer(struct stream *s, size_t bytes);

/* Returns the process id at the other end; 0 where it is unknown. */
int64_t stream_peer_pid(const struct stream *s);
/* Returns whose process that is; -1 where it is unknown. */
int64_t stream_peer_uid(const struct stream *s);

/* ---- listener.c ------------------------------------------------------- */

struct listener;

/* Listens on a local socket for this user (mode 0600), and for whom
 * admission.h names. A stale socket is
 * replaced, a live one or another kind of file is not: ERR_IN_USE. Too many
 * open files: accepting pauses and goes on by itself. */
int listener_new(struct loop *l, const char *path,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out);

/* Makes the listener's connections leave room for so many more of other
 * listeners; 0 at first. */
void listener_leave(struct listener *ln, size_t connections);

/* Closes the listener and removes its socket. NULL is fine. */
void listener_close(struct listener *ln);

/* ---- shared.c --------------------------------------------------------- */

/* Memory that a child sees, too. */
struct shared;

/* Makes memory of zeroes, all of which is there from now on. ERR_NOMEM;
 * ERR_UNSUPPORTED where the system has none, which is to be lived with. */
int shared_new(size_t bytes, struct shared **out);
/* NULL is fine. */
void shared_free(struct shared *s);
void *shared_memory(const struct shared *s);
/* By which the child knows it: a word for its command line. */
const char *shared_name(const struct shared *s);

/* ---- process.c -------------------------------------------------------- */

struct process;
struct process_sink;

struct process_end {
	int err; /* not 0: the program could not be run at all */
	bool signalled;
	int code; /* exit status, or the signal's number */
};

struct process_events {
	/* The process and its pipes are gone: its exit and the end of its
	 * output have both arrived (a descendant that holds a pipe open is
	 * killed, and waited for at most PROCESS_DRAIN_NS). Comes once; the
	 * owner then calls process_free(). */
	void (*gone)(void *arg, const struct process_end *end);
	/* Bytes from its standard output and standard error. */
	void (*out)(void *arg, const uint8_t *data, size_t len);
	void (*err)(void *arg, const uint8_t *data, size_t len);
	/* Standard input takes more again. May be NULL. */
	void (*writable)(void *arg);
};

#define PROCESS_DRAIN_NS (1 * NS_PER_S)

/* What a copy of this process does, of all that is in its memory at the moment
 * when it is made. It may wait, for nobody waits for it; connections, children
 * and files are no longer there for it, but for standard error. */
struct process_copy {
	/* Returns 0 or an error, with which the copy ends. */
	int (*work)(void *arg, struct process_sink *to);
	void *arg;
};

/* For that work alone (copy.c). Writes all of it. */
int process_put(struct process_sink *to, const void *data, size_t len);

struct process_spec {
	const char *const *argv; /* NULL-terminated; argv[0] found in PATH */
	/* NULL, or a copy of ours works before: what it puts is the standard
	 * input of the program, which begins once it is all there. Where argv
	 * is NULL, it is the standard output, and no program begins. Not with
	 * `input` or `text`. Where there are no copies: ERR_UNSUPPORTED. */
	const struct process_copy *copy;
	bool input; /* a pipe to its standard input; else it is empty */
	/* NULL, or what it alone reads, once, in the file PROCESS_TEXT that
	 * a word of argv names; at most PROCESS_TEXT_MAX bytes. Not with
	 * `input`. */
	const char *text;
	/* Bytes that the pipe of its standard output should hold while we do
	 * not run, where the system lets us choose; 0: its choice. */
	size_t out_bytes;
	/* NULL, or the variable of process_reserve() that it is to have. */
	const char *reserved;
	/* NULL, or memory that it may map, by shared_name(). */
	const struct shared *shared;
	/* All users may read the files that it makes, whatever our umask. Where
	 * the system has none, the folder decides. */
	bool public_files;
};

/* A system without such a file puts a name of its own in its place. */
#define PROCESS_TEXT "/dev/stdin"
#define PROCESS_TEXT_MAX 4096

/* The child leads its own group, dies with us however we die, and inherits
 * nothing but its pipes and what is shared with it. A program that can't be run
 * comes as `gone` with `err` set: nothing here waits for the file system. Of
 * its standard error some 1.3 MB are read in a second; more waits in its pipe.
 */
int process_spawn(struct loop *l, const struct process_spec *spec,
    const struct process_events *events, void *arg, struct process **out);

/* 0: process_spawn() finds a program by that name just now. */
int process_check_program(const char *name);

/* So many children may be there at once: connections, of all listeners, leave
 * the descriptors free that those take. Replaces what was said before. Nothing
 * happens where descriptors are not scarce. */
void process_expect(struct loop *l, size_t children);

/* Takes a variable out of the environment, ours and that of every process
 * that is spawned from then on. What getenv() gave is wiped. */
void process_withhold(const char *name);

/* The same, but keeps it for those children whose spec names it: a secret
 * that one program needs is no other's. Nothing happens where it is not set.
 * ERR_NOMEM: it is where it was. */
int process_reserve(const char *name);

/* These are stream_write() to its standard input and stream_reading() of its
 * standard output. */
int process_write(struct process *p, const void *data, size_t len);
void process_reading(struct process *p, bool on);

/* Asks ffmpeg and the like to end: SIGINT, or `q` where there are none. */
void process_interrupt(struct process *p);
/* Closes its standard input: how engines are asked to end. */
void process_close_input(struct process *p);
/* Kills the process and everything it started. */
void process_kill(struct process *p);

int64_t process_pid(const struct process *p);
/* The id of this process, as its peers see it (stream_peer_pid()). */
int64_t process_own_pid(void);

/* An established TCP connection of a process. */
struct connection {
	uint64_t unacknowledged; /* bytes that its peer has not confirmed */
	uint64_t acknowledged; /* those that it has; 0: the system can't say */
	bool stuck; /* it repeats them, or waits for room at the peer */
};

/* Calls `fn` with each connection of the process; with none where the system
 * does not tell. */
void process_connections(const struct process *p,
    void (*fn)(void *arg, const struct connection *c), void *arg);

/* Ends the one TCP connection of a process that asked for a receive buffer of
 * so many bytes, as if its peer had gone. False: the system does not let us, or
 * there is not one such connection. */
bool process_cut(const struct process *p, int receive_bytes);

/* Returns how many network sockets a process has; negative where the system
 * does not tell, or where it has no socket at all: then it is a wrapper, and
 * others send. */
int process_sockets(const struct process *p);

/* Kills what still runs and forgets it; no callback afterwards. NULL is
 * fine. */
void process_free(struct process *p);

/* Did it run, and end of itself with 0? */
bool process_ended_well(const struct process_end *end);
/* "exit status 1", "killed by SIGSEGV": for log lines and status. */
void process_describe(const struct process_end *end, char *out, size_t size);

/* ---- path.c ----------------------------------------------------------- */

/* Longest path handled, with its terminator. */
#define PLATFORM_PATH_MAX 4096

/* Writes the path of the socket `name` of a runtime directory (runtime_dir.h).
 * Fails with ERR_TOO_LONG when the system could not bind it. */
int path_socket(const char *dir, const char *name, char *out, size_t size);

/* Checks a socket path that the configuration gives. Fails with ERR_TOO_LONG.
 */
int path_check_socket(const char *path);

/* Returns the length of the longest path that a socket may have, in bytes. */
size_t path_socket_max(void);

/* The folder of the engine programs, beside the running program or in
 * ../libexec/ttsd. */
int path_libexec(char *out, size_t size);

/* The configuration file that is read unless another is named. */
const char *path_config_file(void);

/* 0: there is a folder of that name, and we may read it. */
int path_check_folder(const char *path);

/* False for a file that more users can read than its owner and, where the
 * owner is another, our group. True where that can't be told. */
bool path_is_private(const char *path);

/* Appends the whole file. ERR_TOO_LONG past buf_room(); ERR_IS_FIFO and its
 * like for what is no regular file (nor the null device). Waits for nobody at
 * the other end of anything, but for the file system it does: once there is a
 * loop, daemon/file_reader.h is the way. */
int path_read(const char *path, struct buf *out);
/* Reads as path_read() does, but whatever can be read, such as a pipe of the
 * shell, and waits for it: for a file that the command line names, before there
 * is a loop. */
int path_read_waiting(const char *path, struct buf *out);

/* The running program, as process_spawn() takes it. */
int path_self(char *out, size_t size);

/* ---- service.c -------------------------------------------------------- */

/* Tells a service manager that we are ready, or stopping, or reading our
 * configuration again, until we are ready; no-op without one. */
void service_ready(void);
void service_stopping(void);
void service_reloading(void);

/* Tells the service manager that the daemon of another process is to reload,
 * and sends it that signal. ERR_NOT_FOUND, ERR_DENIED; ERR_UNSUPPORTED. */
int service_ask_reload(int64_t pid, enum loop_signal signal);

/* Says what keeps the program from starting, before there is a log. */
void service_complain(const char *text);

enum log_format { LOG_TEXT, LOG_JSON };

/* Makes log lines go to standard error. */
void service_log_init(
    const char *program, enum log_format format, enum log_level max);

/* ---- service_report.c ------------------------------------------------- */

/* What a daemon tells a service manager of itself again and again, from the
 * loop, until the loop is freed. */
struct service_report {
	/* Does it do its work on time? While it does not, or does not come to
	 * be asked, the manager's watchdog is not fed, and starts it afresh.
	 * NULL: it does where it answers at all. */
	bool (*is_well)(void *arg);
	/* Writes in a few words, for people, what it does just now. */
	void (*describe)(void *arg, char *out, size_t size);
};

#define SERVICE_STATUS_MAX 200

/* Begins with it; `report` and `arg` must outlive the loop's run. Without a
 * service manager nothing happens. Fails as timer_new(). */
int service_report_begin(
    struct loop *l, const struct service_report *report, void *arg);
/* Ends it, before the loop is freed. */
void service_report_end(void);

#endif
