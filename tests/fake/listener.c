#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/succession.h"
#include "tests/fake/world.h"

#define REFUSED_MAX 16

/* Somebody who has connected, and was not accepted yet. */
struct caller {
	struct caller *next;
	struct stream *stream; /* the listener's end */
};

struct listener {
	struct listener *next;
	struct loop *loop; /* NULL: the test listens */
	char *path;
	void (*accepted)(void *arg, struct stream *s);
	void *arg;
	struct caller *first, **end;
	struct loop_task ready, release;
};

static struct listener *listeners;
static struct {
	char path[PLATFORM_PATH_MAX];
	int err;
} refused[REFUSED_MAX];

void
listener_begin(void)
{
	listeners = NULL;
	memset(refused, 0, sizeof(refused));
}

static struct listener *
find(const char *path)
{
	struct listener *ln = listeners;

	while (ln && strcmp(ln->path, path) != 0)
		ln = ln->next;
	return ln;
}

size_t
listener_count(void)
{
	const struct listener *ln;
	size_t n = 0;

	for (ln = listeners; ln; ln = ln->next)
		n += ln->loop != NULL;
	return n;
}

void
fake_refuse(const char *path, int err)
{
	size_t i;

	for (i = 0; i < REFUSED_MAX; i++)
		if (refused[i].err == 0 || strcmp(refused[i].path, path) == 0)
			break;
	if (i == REFUSED_MAX)
		world_fail("too many paths are refused");
	strncpy(refused[i].path, path, sizeof(refused[i].path) - 1);
	refused[i].err = err;
}

static int
refusal(const char *path)
{
	size_t i;

	for (i = 0; i < REFUSED_MAX; i++)
		if (refused[i].err && strcmp(refused[i].path, path) == 0)
			return refused[i].err;
	return 0;
}

/* ---- accepting -------------------------------------------------------- */

static struct stream *
next_caller(struct listener *ln)
{
	struct caller *c = ln->first;
	struct stream *s = c->stream;

	ln->first = c->next;
	if (ln->first == NULL)
		ln->end = &ln->first;
	free(c);
	return s;
}

/* A connection that the daemon has no memory for is closed at once: the memory
 * of its end is the test's until then. */
static void
listener_serve(void *arg)
{
	struct listener *ln = arg;
	struct stream *s = next_caller(ln);
	bool before;
	void *memory;

	if (ln->first)
		world_ready(&ln->ready);
	before = world_enter(ln->loop != NULL);
	memory = malloc(1);
	if (memory)
		ln->accepted(ln->arg, s);
	else
		log_warning("listener=%s turns a connection away: %s", ln->path,
		    err_text(ERR_NOMEM));
	if (memory == NULL)
		stream_close(s);
	free(memory);
	world_leave(before);
}

int
listener_connect(const char *path, struct loop *l, struct stream **out)
{
	struct listener *ln = find(path);
	struct caller *c;
	struct stream *far;
	int rc = refusal(path);
	bool before;

	*out = NULL;
	if (rc < 0)
		return rc;
	if (ln == NULL)
		return ERR_NOT_FOUND;
	rc = stream_pair(l, ln->loop, out, &far);
	if (rc < 0)
		return rc;
	before = world_enter(false);
	c = malloc(sizeof(*c));
	*c = (struct caller){ .stream = far };
	*ln->end = c;
	ln->end = &c->next;
	if (ln->loop)
		world_ready(&ln->ready);
	else
		ln->accepted(ln->arg, next_caller(ln));
	world_leave(before);
	return 0;
}

struct stream *
peer_connect(const char *path)
{
	struct stream *peer;

	listener_connect(path, NULL, &peer);
	return peer;
}

/* ---- life ------------------------------------------------------------- */

static struct listener *
add(struct loop *l, const char *path,
    void (*accepted)(void *arg, struct stream *s), void *arg)
{
	struct listener *ln = calloc(1, sizeof(*ln));
	char *copy = strdup(path);

	if (ln == NULL || copy == NULL) {
		free(ln);
		free(copy);
		return NULL;
	}
	*ln = (struct listener){ .next = listeners,
		.loop = l,
		.path = copy,
		.accepted = accepted,
		.arg = arg,
		.end = &ln->first };
	ln->ready = (struct loop_task){ .fn = listener_serve, .arg = ln };
	listeners = ln;
	return ln;
}

static void
take_out(struct listener *ln)
{
	struct listener **at = &listeners;

	while (*at != ln)
		at = &(*at)->next;
	*at = ln->next;
	world_forget(&ln->ready);
	while (ln->first)
		stream_close(next_caller(ln));
	free(ln->path);
}

int
listener_new(struct loop *l, const char *path,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out)
{
	int rc = refusal(path);

	*out = NULL;
	if (rc == 0)
		rc = path_check_socket(path);
	if (rc == 0 && find(path))
		rc = ERR_IN_USE;
	if (rc < 0)
		return rc;
	*out = add(l, path, accepted, arg);
	return *out ? 0 : ERR_NOMEM;
}

void
listener_leave(struct listener *ln, size_t connections)
{
	(void)ln;
	(void)connections;
}

void
listener_close(struct listener *ln)
{
	if (ln == NULL)
		return;
	take_out(ln);
	ln->release = (struct loop_task){ .fn = free, .arg = ln };
	loop_defer(ln->loop, &ln->release);
}

void
fake_listen(const char *path, void (*accepted)(void *arg, struct stream *peer),
    void *arg)
{
	struct listener *ln = find(path);

	if (ln && ln->loop)
		world_fail("a daemon listens on %s", path);
	if (ln) {
		take_out(ln);
		free(ln);
	}
	if (accepted)
		add(NULL, path, accepted, arg);
}

void
listener_end_all(void)
{
	struct listener *ln;

	while ((ln = listeners) != NULL) {
		take_out(ln);
		free(ln);
	}
}

/* ---- from one program to its successor, which listens afresh ----------- */

json_t *
listener_hand_over(const struct listener *ln, struct parcel *p)
{
	(void)p;
	return json_string(ln->path);
}

int
listener_take_over(struct loop *l, struct parcel *p, const json_t *word,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out)
{
	(void)p;
	return listener_new(l, json_string_value(word), accepted, arg, out);
}
