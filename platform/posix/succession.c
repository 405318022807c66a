#include "platform/succession.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/body.h"
#include "common/err.h"
#include "platform/posix/posix.h"
#include "platform/posix/program.h"
#include "platform/process_core.h"

/* The variable that tells the successor which descriptor has its parcel. */
#define VARIABLE "TTSD_SUCCESSION"
/* What a link of /proc has behind a file that was replaced. */
#define DELETED " (deleted)"

static char program[PLATFORM_PATH_MAX];
static struct stat tried; /* st_ino 0: no file was */
static char **arguments;

int
succession_check(void)
{
	return 0;
}

/* ---- the program ------------------------------------------------------ */

static bool
is_running_program(const char *path)
{
	struct stat named, running;

	return stat(path, &named) == 0 &&
	       stat("/proc/self/exe", &running) == 0 &&
	       named.st_dev == running.st_dev && named.st_ino == running.st_ino;
}

/* Finds the file as the shell did, and makes its name good in any folder. */
static bool
find_by_name(const char *name)
{
	char found[PLATFORM_PATH_MAX], here[PLATFORM_PATH_MAX];
	int n;

	if (name == NULL || program_find(found, sizeof(found), name) != 0)
		return false;
	if (getcwd(here, sizeof(here)) == NULL)
		here[0] = '\0';
	n = found[0] == '/'
		? snprintf(program, sizeof(program), "%s", found)
		: snprintf(program, sizeof(program), "%s/%s", here, found);
	return n > 0 && (size_t)n < sizeof(program) &&
	       is_running_program(program);
}

/* A name that leads elsewhere is none of ours: the starter chose it freely. */
static void
find_by_link(void)
{
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	size_t len = n > 0 ? (size_t)n : 0, tail = strlen(DELETED);

	program[len] = '\0';
	if (len > tail && strcmp(program + len - tail, DELETED) == 0)
		program[len - tail] = '\0';
}

void
succession_note(int argc, char **argv)
{
	arguments = argv;
	if (!find_by_name(argc > 0 ? argv[0] : NULL))
		find_by_link();
}

void
succession_look(void)
{
	if (stat(program, &tried) < 0)
		tried.st_ino = 0;
}

static bool
is_as_tried(void)
{
	struct stat now;

	return tried.st_ino == 0 ||
	       (stat(program, &now) == 0 && now.st_dev == tried.st_dev &&
		   now.st_ino == tried.st_ino &&
		   now.st_mtim.tv_sec == tried.st_mtim.tv_sec &&
		   now.st_mtim.tv_nsec == tried.st_mtim.tv_nsec);
}

const char *
succession_program(void)
{
	return program;
}

const char *const *
succession_arguments(void)
{
	return (const char *const *)arguments;
}

/* ---- the parcel's own part -------------------------------------------- */

/* What this file keeps in the document; `kind` is made where it is missing. */
static json_t *
system_part(const struct parcel *p, const char *name, json_t *(*kind)(void))
{
	json_t *all = json_object_get(p->document, "system"), *part;

	if (all == NULL) {
		json_object_set_new(p->document, "system", json_object());
		all = json_object_get(p->document, "system");
	}
	part = json_object_get(all, name);
	if (part == NULL) {
		json_object_set_new(all, name, kind());
		part = json_object_get(all, name);
	}
	return part;
}

static json_t *
descriptors(const struct parcel *p)
{
	return system_part(p, "descriptors", json_array);
}

static json_t *
children(const struct parcel *p)
{
	return system_part(p, "children", json_array);
}

static int
number_at(const json_t *list, size_t i)
{
	return (int)json_integer_value(json_array_get(list, i));
}

bool
succession_is_trial(const struct parcel *p)
{
	return json_is_true(
	    json_object_get(json_object_get(p->document, "system"), "trial"));
}

/* ---- handing over ----------------------------------------------------- */

json_t *
succession_add(struct parcel *p, int fd)
{
	json_t *list = descriptors(p);

	if (json_array_append_new(list, json_integer(fd)) < 0)
		return NULL;
	return json_integer((json_int_t)json_array_size(list) - 1);
}

/* The successor finds them by their numbers. */
static void
set_inherited(const struct parcel *p, int memory, bool inherited)
{
	const json_t *list = descriptors(p);
	int flags = inherited ? 0 : FD_CLOEXEC;
	size_t i;

	fcntl(memory, F_SETFD, flags);
	for (i = 0; i < json_array_size(list); i++)
		fcntl(number_at(list, i), F_SETFD, flags);
}

void
succession_hold_signals(bool hold)
{
	static const int held[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR2, SIGCHLD };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		sigaddset(&set, held[i]);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* Puts the parcel into a file of memory alone. */
static int
store(const struct parcel *p, int *memory)
{
	struct buf bytes;
	int rc;

	buf_init(&bytes, PARCEL_MAX);
	*memory = memfd_create("succession", MFD_CLOEXEC);
	rc = *memory < 0 ? posix_err(errno) : parcel_pack(p, &bytes);
	if (rc == 0)
		rc = posix_write(*memory, buf_data(&bytes), buf_len(&bytes));
	buf_done(&bytes);
	return rc;
}

static void
show_variable(void *arg, const char *text)
{
	(void)arg;
	putenv((char *)text);
}

static void
hide_variable(void *arg, const char *text)
{
	char name[256];

	(void)arg;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, "="), text);
	unsetenv(name);
}

static int
become_successor(const struct parcel *p, int memory)
{
	char number[16];
	int rc;

	snprintf(number, sizeof(number), "%d", memory);
	if (setenv(VARIABLE, number, 1) < 0)
		return ERR_NOMEM;
	process_core_each_reserved(show_variable, NULL);
	succession_hold_signals(true);
	set_inherited(p, memory, true);
	execve(program, arguments, environ);
	rc = posix_err(errno);
	set_inherited(p, memory, false);
	succession_hold_signals(false);
	process_core_each_reserved(hide_variable, NULL);
	unsetenv(VARIABLE);
	return rc;
}

int
succession_begin(struct loop *l, struct parcel *p)
{
	int memory = -1, rc = process_list(l, children(p));

	if (rc == 0 && !is_as_tried())
		return ERR_AGAIN;
	if (rc == 0)
		rc = store(p, &memory);
	if (rc == 0)
		rc = become_successor(p, memory);
	if (memory >= 0)
		close(memory);
	return rc;
}

/* ---- taking over ------------------------------------------------------ */

static int
read_parcel(int fd, struct parcel *out)
{
	uint8_t *chunk = malloc(STREAM_READ_MAX);
	struct buf bytes;
	struct stat st;
	ssize_t n = 0;
	int rc = chunk ? 0 : ERR_NOMEM;

	buf_init(&bytes, PARCEL_MAX);
	/* The length of a file is known. */
	if (rc == 0 && fstat(fd, &st) == 0 && st.st_size > 0)
		rc = buf_reserve(&bytes, (size_t)st.st_size);
	while (rc == 0 && (n = read(fd, chunk, STREAM_READ_MAX)) != 0)
		if (n > 0)
			rc = buf_put(&bytes, chunk, (size_t)n);
		else if (errno != EINTR)
			rc = posix_err(errno);
	free(chunk);
	if (rc == 0)
		return parcel_unpack(&bytes, out);
	buf_done(&bytes);
	*out = (struct parcel){ .document = NULL };
	return rc;
}

int
succession_read(struct parcel *out)
{
	const char *word = getenv(VARIABLE);
	int fd = word ? atoi(word) : -1, rc;

	*out = (struct parcel){ .document = NULL };
	if (fd < 0)
		return ERR_NOT_FOUND;
	process_withhold(VARIABLE);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return posix_err(errno);
	rc = read_parcel(fd, out);
	close(fd);
	return rc;
}

int
succession_read_trial(struct parcel *out)
{
	int rc = read_parcel(STDIN_FILENO, out);

	/* It is a fault of a trial to have no such part. */
	if (rc == 0 && !json_is_true(system_part(out, "trial", json_true)))
		rc = ERR_NOMEM;
	return rc;
}

int
succession_take(struct parcel *p, const json_t *word, int *fd)
{
	json_t *list = descriptors(p);
	json_int_t at = json_is_integer(word) ? json_integer_value(word) : -1;
	json_t *number = at < 0 ? NULL : json_array_get(list, (size_t)at);

	*fd = number ? (int)json_integer_value(number) : -1;
	if (*fd < 0)
		return ERR_INVALID;
	json_integer_set(number, -1);
	if (succession_is_trial(p))
		*fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	else if (fcntl(*fd, F_SETFD, FD_CLOEXEC) < 0)
		return ERR_INVALID;
	return *fd < 0 ? posix_err(errno) : 0;
}

bool
succession_take_child(struct parcel *p, int64_t pid)
{
	json_t *list = children(p);
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (json_integer_value(json_array_get(list, i)) == pid)
			return json_array_remove(list, i) == 0;
	return false;
}

void
succession_settle(struct parcel *p)
{
	const json_t *fds = descriptors(p), *pids = children(p);
	size_t i;

	if (p->document == NULL || succession_is_trial(p))
		return;
	for (i = 0; i < json_array_size(fds); i++)
		if (number_at(fds, i) >= 0)
			close(number_at(fds, i));
	for (i = 0; i < json_array_size(pids); i++)
		if (number_at(pids, i) > 1)
			kill(-number_at(pids, i), SIGKILL);
	json_object_del(p->document, "system");
}
