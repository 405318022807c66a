/*
 * Children. The exec error of a child comes back through a close-on-exec
 * socket that is read only when the child is gone, so spawning never waits; and
 * as we have our end of it until then, the other one tells whether we live.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/body.h"
#include "common/err.h"
#include "common/list.h"
#include "platform/posix/copy.h"
#include "platform/posix/posix.h"
#include "platform/posix/program.h"
#include "platform/posix/spawn.h"
#include "platform/process_core.h"
#include "platform/succession.h"

struct process {
	struct process_core core;
	struct process *next; /* in the list of the loop's */
	pid_t pid;
	int exec_error; /* descriptor; an errno arrives where exec failed */
	int status;
	ev_child watcher;
	struct loop_task release;
};

static void
read_exec_error(struct process *p, struct process_end *end)
{
	int number;

	if (read(p->exec_error, &number, sizeof(number)) == sizeof(number))
		end->err = posix_err(number);
}

static void
over(struct process_core *c)
{
	struct process *p = (struct process *)c;
	struct process_end end = { 0 };

	end.signalled = WIFSIGNALED(p->status);
	end.code = end.signalled ? WTERMSIG(p->status) : WEXITSTATUS(p->status);
	read_exec_error(p, &end);
	c->events->gone(c->arg, &end);
}

static void
exited(struct ev_loop *ev, ev_child *w, int revents)
{
	struct process *p = w->data;

	(void)revents;
	if (!WIFEXITED(w->rstatus) && !WIFSIGNALED(w->rstatus))
		return;
	ev_child_stop(ev, w);
	p->status = w->rstatus;
	/* Processes that the child left in its group would hold the pipes open.
	 */
	kill(-p->pid, SIGKILL);
	process_core_exited(&p->core);
}

/* The program that the child is to run, found before the fork. */
struct program {
	char path[PLATFORM_PATH_MAX];
	int error;  /* errno: there is none */
	char **env; /* its environment; the strings are shared */
};

/* Finds the program, and makes its environment: ours, and what is reserved for
 * it. */
static int
program_prepare(struct program *out, const struct process_spec *spec)
{
	size_t n = 0;

	out->error = spec->argv ? program_find(out->path, sizeof(out->path),
				      spec->argv[0])
				: 0;
	while (environ[n])
		n++;
	out->env = calloc(n + 2, sizeof(*out->env));
	if (out->env == NULL)
		return ERR_NOMEM;
	memcpy(out->env, environ, n * sizeof(*out->env));
	if (spec->reserved)
		out->env[n] = (char *)process_core_reserved(spec->reserved);
	return 0;
}

/* The pipes are those of enum process_pipe, and a socket for an errno. */
enum { IN = PROCESS_IN, OUT = PROCESS_OUT, ERR = PROCESS_ERR, REPORT, PIPES };

/* Runs in the child, and becomes its program, if it has one. */
static _Noreturn void
become(const struct process_spec *spec, const struct program *program,
    pid_t parent, int fds[PIPES][2])
{
	struct spawn s = { .path = program->path,
		.error = program->error,
		.argv = spec->argv,
		.env = program->env,
		.kept = shared_descriptor(spec->shared),
		.standard = { fds[IN][0], fds[OUT][1], fds[ERR][1] },
		.report = fds[REPORT][1],
		.parent = parent,
		.life = fds[REPORT][1] };

	spawn_be_child(&s);
	if (spec->public_files)
		umask(022);
	if (spec->copy)
		copy_run(spec->copy, &s, spec->argv != NULL);
	spawn_become(&s);
}

static void
close_fds(int fds[PIPES][2])
{
	int i, j;

	for (i = 0; i < PIPES; i++)
		for (j = 0; j < 2; j++)
			if (fds[i][j] >= 0)
				close(fds[i][j]);
}

/* A descriptor for the child that dup2() can't find on its own target. */
static int
clear_of_stdio(int *fd)
{
	int moved;

	if (*fd > 2)
		return 0;
	moved = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
	if (moved < 0)
		return posix_err(errno);
	close(*fd);
	*fd = moved;
	return 0;
}

static int
open_report(int fds[2])
{
	int kind = SOCK_STREAM | SOCK_CLOEXEC;

	return socketpair(AF_UNIX, kind, 0, fds) < 0 ? posix_err(errno) : 0;
}

static int
open_pipes(const struct process_spec *spec, int fds[PIPES][2])
{
	int i, j, rc = 0;

	memset(fds, -1, sizeof(int[PIPES][2]));
	for (i = 0; i < PIPES && rc == 0; i++) {
		if (i == IN && !spec->input && !spec->text) {
			fds[IN][0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
			rc = fds[IN][0] < 0 ? posix_err(errno) : 0;
		} else if (i == REPORT) {
			rc = open_report(fds[REPORT]);
		} else if (pipe2(fds[i], O_CLOEXEC) < 0) {
			rc = posix_err(errno);
		}
		for (j = 0; j < 2 && rc == 0; j++)
			if (fds[i][j] >= 0)
				rc = clear_of_stdio(&fds[i][j]);
	}
	if (rc < 0)
		close_fds(fds);
	return rc;
}

/* Wraps our end of a pipe; takes it over in any case. */
static int
adopt(struct process *p, enum process_pipe which, int *fd)
{
	struct stream *s;
	int taken = *fd, rc;

	*fd = -1;
	fcntl(taken, F_SETFL, fcntl(taken, F_GETFL) | O_NONBLOCK);
	rc = stream_new(p->core.loop, taken, &s);
	if (rc < 0)
		return rc;
	process_core_adopt(&p->core, which, s);
	/* A pipe's write end is never readable, only broken. */
	if (which == PROCESS_IN)
		stream_reading(s, false);
	return 0;
}

static int
adopt_all(struct process *p, int fds[PIPES][2], const struct process_spec *spec)
{
	int rc;

#ifdef F_SETPIPE_SZ
	if (spec->out_bytes > 0)
		fcntl(fds[OUT][0], F_SETPIPE_SZ, (int)spec->out_bytes);
#endif
	rc = adopt(p, PROCESS_OUT, &fds[OUT][0]);
	if (rc == 0)
		rc = adopt(p, PROCESS_ERR, &fds[ERR][0]);
	if (rc == 0 && (spec->input || spec->text))
		rc = adopt(p, PROCESS_IN, &fds[IN][1]);
	/* The pipe is empty, so all of the text goes at once. */
	if (rc == 0 && spec->text) {
		stream_write(
		    p->core.pipes[PROCESS_IN], spec->text, strlen(spec->text));
		process_close_input(p);
	}
	p->exec_error = fds[REPORT][0];
	fds[REPORT][0] = -1;
	fcntl(p->exec_error, F_SETFL, O_NONBLOCK);
	return rc;
}

static void
watch_process(struct process *p)
{
	struct loop *l = p->core.loop;

	LIST_APPEND(l->processes, p);
	ev_child_init(&p->watcher, exited, p->pid, 0);
	p->watcher.data = p;
	ev_child_start(l->core.ev, &p->watcher);
}

int
process_spawn(struct loop *l, const struct process_spec *spec,
    const struct process_events *events, void *arg, struct process **out)
{
	struct process *p = calloc(1, sizeof(*p));
	struct program program;
	int fds[PIPES][2], rc;
	pid_t parent = getpid();

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	p->exec_error = -1;
	rc = process_core_init(&p->core, l, spec, events, arg, over);
	if (rc < 0) {
		free(p);
		return rc;
	}
	rc = open_pipes(spec, fds);
	if (rc < 0) {
		process_free(p);
		return rc;
	}
	rc = program_prepare(&program, spec);
	if (rc < 0) {
		close_fds(fds);
		process_free(p);
		return rc;
	}
	p->pid = fork();
	if (p->pid == 0)
		become(spec, &program, parent, fds);
	rc = p->pid < 0 ? posix_err(errno) : adopt_all(p, fds, spec);
	close_fds(fds);
	free(program.env);
	if (rc < 0) {
		process_free(p);
		return rc;
	}
	setpgid(p->pid, p->pid);
	watch_process(p);
	*out = p;
	return 0;
}

/* ---- from one program to its successor ---------------------------------- */

int
process_list(const struct loop *l, json_t *list)
{
	const struct process *p;

	/* The id of one that was reaped may be another's by now. */
	for (p = l->processes; p; p = p->next)
		if (!p->core.exited &&
		    json_array_append_new(list, json_integer(p->pid)) < 0)
			return ERR_NOMEM;
	return 0;
}

static const char *const pipe_words[PROCESS_PIPES] = {
	[PROCESS_IN] = "in", [PROCESS_OUT] = "out", [PROCESS_ERR] = "err"
};

json_t *
process_hand_over(const struct process *pr, struct parcel *p)
{
	const struct process_core *c = &pr->core;
	json_t *o = json_pack("{s:I, s:b, s:b, s:i}", "pid",
	    (json_int_t)pr->pid, "input", (int)c->input, "exited",
	    (int)c->exited, "status", pr->status);
	int i;

	for (i = 0; i < PROCESS_PIPES; i++)
		if (c->pipes[i])
			body_put(&o, pipe_words[i],
			    stream_hand_over(c->pipes[i], p));
	body_put(&o, "report", succession_add(p, pr->exec_error));
	return o;
}

static int
take_pipes(struct process *p, struct parcel *from, const json_t *word)
{
	const json_t *pipe;
	int i, fd, rc;

	for (i = 0; i < PROCESS_PIPES; i++) {
		pipe = json_object_get(word, pipe_words[i]);
		rc = pipe ? succession_take(from, pipe, &fd) : 0;
		if (rc == 0 && pipe)
			rc = adopt(p, (enum process_pipe)i, &fd);
		if (rc < 0)
			return rc;
	}
	return succession_take(
	    from, json_object_get(word, "report"), &p->exec_error);
}

/* Has nobody reaped it? A script that became this program may have, as shells
 * do. */
static bool
is_child(pid_t pid)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
	       0;
}

/* Waits for a child of which it is known to be ours. */
static int
take_child(struct process *p, struct parcel *from, const json_t *word)
{
	int64_t pid = json_integer_value(json_object_get(word, "pid"));

	p->core.exited = json_is_true(json_object_get(word, "exited"));
	p->status = (int)json_integer_value(json_object_get(word, "status"));
	if (p->core.exited) {
		timer_at(p->core.drain, clock_awake_ns());
		return 0;
	}
	/* A stand-in has no process: nothing ever happens to it. */
	if (succession_is_trial(from)) {
		p->core.exited = true;
		return pid > 1 ? 0 : ERR_INVALID;
	}
	if (pid <= 1 || !succession_take_child(from, pid))
		return ERR_INVALID;
	if (!is_child((pid_t)pid))
		return ERR_NOT_FOUND;
	p->pid = (pid_t)pid;
	watch_process(p);
	/* It may have ended while there was nobody to hear of it. */
	ev_feed_signal_event(p->core.loop->core.ev, SIGCHLD);
	return 0;
}

int
process_take_over(struct loop *l, struct parcel *p, const json_t *word,
    const struct process_events *events, void *arg, struct process **out)
{
	const struct process_spec spec = {
		.input = json_is_true(json_object_get(word, "input"))
	};
	struct process *pr = calloc(1, sizeof(*pr));
	int rc = pr ? 0 : ERR_NOMEM;

	*out = NULL;
	if (rc == 0)
		rc = process_core_init(&pr->core, l, &spec, events, arg, over);
	if (rc < 0) {
		free(pr);
		return rc;
	}
	pr->exec_error = -1;
	rc = take_pipes(pr, p, word);
	if (rc == 0)
		rc = take_child(pr, p, word);
	if (rc < 0)
		process_free(pr);
	else
		*out = pr;
	return rc;
}

/* ---- what owners call ------------------------------------------------- */

int
process_check_program(const char *name)
{
	char path[PLATFORM_PATH_MAX];
	int number = program_find(path, sizeof(path), name);

	/* A name with a folder is taken as it is. */
	if (number == 0 && access(path, X_OK) < 0)
		number = errno;
	return number ? posix_err(number) : 0;
}

void
process_expect(struct loop *l, size_t children)
{
	l->children = children;
}

void
process_withhold(const char *name)
{
	char *value = getenv(name);

	/* The kernel shows this memory as our environment. */
	if (value)
		memset(value, 0, strlen(value));
	unsetenv(name);
}

void
process_interrupt(struct process *p)
{
	if (!p->core.exited)
		kill(p->pid, SIGINT);
}

void
process_kill(struct process *p)
{
	if (p->core.exited)
		return;
	/* The group may not exist yet: the child makes it too. */
	kill(-p->pid, SIGKILL);
	kill(p->pid, SIGKILL);
}

int64_t
process_pid(const struct process *p)
{
	return p->pid;
}

int64_t
process_own_pid(void)
{
	return (int64_t)getpid();
}

void
process_free(struct process *p)
{
	if (p == NULL)
		return;
	/* libev reaps every child, watched or not. */
	if (p->pid > 0) {
		LIST_REMOVE(p->core.loop->processes, p);
		process_kill(p);
		ev_child_stop(p->core.loop->core.ev, &p->watcher);
	}
	process_core_done(&p->core);
	if (p->exec_error >= 0)
		close(p->exec_error);
	p->release = (struct loop_task){ .fn = free, .arg = p };
	loop_defer(p->core.loop, &p->release);
}
