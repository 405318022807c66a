#include "daemon/file_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/net/credential.h"
#include "common/utf8.h"

/* Exit statuses of the child. */
enum { READ_PRIVATE = 0, READ_FAILED = 1, READ_PUBLIC = 2, READ_ABSENT = 3 };

#define WHY_MAX 160

struct file_reader {
	struct loop *loop;
	void (*done)(void *arg, int rc);
	void *arg;
	struct process *process; /* NULL: nothing is being read */
	struct timer *deadline;
	struct buf text;
	int rc;         /* 0, or the first error of this reading */
	bool is_public; /* others can read it too */
	char why[WHY_MAX];
};

/* Keeps the first complaint of a reading; later ones follow from it. */
static void
file_reader_fail(struct file_reader *r, int rc, const char *why)
{
	if (r->rc == 0)
		utf8_sanitise(r->why, sizeof(r->why), why, strlen(why));
	r->rc = r->rc ? r->rc : rc;
}

static void
file_reader_end(struct file_reader *r)
{
	file_reader_cancel(r);
	r->done(r->arg, r->rc);
}

static void
file_reader_late(void *arg)
{
	struct file_reader *r = arg;

	file_reader_fail(r, ERR_TIMEOUT, "it could not be read in 5 s");
	file_reader_end(r);
}

/* ---- the child -------------------------------------------------------- */

static void
child_out(void *arg, const uint8_t *data, size_t len)
{
	struct file_reader *r = arg;
	int rc = r->rc ? 0 : buf_put(&r->text, data, len);

	if (rc == ERR_FULL)
		rc = ERR_TOO_LONG;
	if (rc < 0) {
		file_reader_fail(r, rc, err_text(rc));
		process_kill(r->process);
	}
}

/* The child writes its complaint in one short write, so that it arrives in one
 * piece. */
static void
child_err(void *arg, const uint8_t *data, size_t len)
{
	char text[WHY_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)len, (const char *)data);
	text[strcspn(text, "\r\n")] = '\0';
	file_reader_fail(arg, ERR_IO, text);
}

static void
child_gone(void *arg, const struct process_end *end)
{
	struct file_reader *r = arg;
	char how[64];

	r->is_public = end->code == READ_PUBLIC;
	process_describe(end, how, sizeof(how));
	if (end->err || end->signalled ||
	    (end->code != READ_PRIVATE && end->code != READ_PUBLIC))
		file_reader_fail(r, ERR_IO, how);
	if (r->rc == ERR_IO && end->code == READ_ABSENT)
		r->rc = ERR_NOT_FOUND;
	file_reader_end(r);
}

static const struct process_events child_events = {
	.gone = child_gone, .out = child_out, .err = child_err
};

static int
print_all(const struct buf *b)
{
	size_t len = buf_len(b);

	if (len > 0 && fwrite(buf_data(b), 1, len, stdout) < len)
		return ERR_IO;
	return fflush(stdout) == 0 ? 0 : ERR_IO;
}

int
file_reader_run(const char *path)
{
	struct buf text;
	bool is_private = path_is_private(path);
	int rc;

	buf_init(&text, FILE_READER_MAX);
	rc = path_read(path, &text);
	if (rc == 0)
		rc = print_all(&text);
	buf_done(&text);
	if (rc < 0) {
		fprintf(stderr, "%s\n",
		    credential_why(path, getenv(CREDENTIAL_FOLDER), rc));
		return rc == ERR_NOT_FOUND ? READ_ABSENT : READ_FAILED;
	}
	return is_private ? READ_PRIVATE : READ_PUBLIC;
}

/* ---- what the header promises ----------------------------------------- */

int
file_reader_new(struct loop *l, size_t max, void (*done)(void *arg, int rc),
    void *arg, struct file_reader **out)
{
	struct file_reader *r = calloc(1, sizeof(*r));
	int rc;

	*out = NULL;
	if (r == NULL)
		return ERR_NOMEM;
	*r = (struct file_reader){ .loop = l, .done = done, .arg = arg };
	buf_init(&r->text, max);
	rc = timer_new(l, TIMER_COARSE, file_reader_late, r, &r->deadline);
	if (rc < 0) {
		file_reader_free(r);
		return rc;
	}
	*out = r;
	return 0;
}

void
file_reader_free(struct file_reader *r)
{
	if (r == NULL)
		return;
	process_free(r->process);
	timer_free(r->deadline);
	buf_done(&r->text);
	free(r);
}

int
file_reader_start(struct file_reader *r, const char *path)
{
	char self[PLATFORM_PATH_MAX];
	const char *argv[] = { self, FILE_READER_OPTION, path, NULL };
	const struct process_spec spec = { .argv = argv };
	int rc;

	file_reader_cancel(r);
	buf_clear(&r->text);
	r->rc = 0;
	r->is_public = false;
	rc = path_self(self, sizeof(self));
	if (rc == 0)
		rc = process_spawn(
		    r->loop, &spec, &child_events, r, &r->process);
	if (rc == 0)
		timer_at(
		    r->deadline, clock_awake_ns() + FILE_READER_PATIENCE_NS);
	else
		file_reader_fail(r, rc, err_text(rc));
	return rc;
}

bool
file_reader_cancel(struct file_reader *r)
{
	bool reading = r->process != NULL;

	process_free(r->process);
	r->process = NULL;
	timer_at(r->deadline, INT64_MAX);
	return reading;
}

const struct buf *
file_reader_text(const struct file_reader *r)
{
	return &r->text;
}

bool
file_reader_is_private(const struct file_reader *r)
{
	return !r->is_public;
}

const char *
file_reader_why(const struct file_reader *r)
{
	return r->why;
}
