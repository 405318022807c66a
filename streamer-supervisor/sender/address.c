#include "streamer-supervisor/sender/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/net/redact.h"
#include "common/utf8.h"
#include "daemon/file_reader.h"

struct address {
	struct loop *loop;
	const struct conf_address *conf;
	void (*answered)(void *arg, int err);
	void *arg;

	struct file_reader *file; /* NULL: a command is asked instead */
	struct process *process;  /* the command; NULL: not running */
	struct buf out;
	struct lines err;
	char complaint[LINES_MAX + 1]; /* the command's last line of error */
	char url[ADDRESS_MAX + 1];
	char why[LINES_MAX + 100];
};

static int
address_fail(struct address *a, int rc, const char *key, const char *what,
    const char *detail)
{
	snprintf(a->why, sizeof(a->why), "%s: %s%s%s", key, what,
	    detail[0] ? ": " : "", detail);
	return rc;
}

/* Takes the first line of what was read as the URL. */
static int
take_url(struct address *a, const char *key, const struct buf *from)
{
	const char *text = (const char *)buf_data(from);
	size_t len = buf_len(from), n = 0, i;

	while (n < len && text[n] != '\n' && text[n] != '\r')
		n++;
	for (i = 0; i < n; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f)
			break;
	if (n == 0 || i < n || n > ADDRESS_MAX)
		return address_fail(a, ERR_INVALID, key,
		    "expected a URL on the first line, without blanks", "");
	memcpy(a->url, text, n);
	a->url[n] = '\0';
	return 0;
}

/* ---- the file --------------------------------------------------------- */

static void
address_file_read(void *arg, int rc)
{
	struct address *a = arg;

	if (rc < 0)
		rc = address_fail(a, rc, "url_file", "cannot be read",
		    file_reader_why(a->file));
	else
		rc = take_url(a, "url_file", file_reader_text(a->file));
	a->answered(a->arg, rc);
}

static int
read_file(struct address *a)
{
	int rc = file_reader_start(a->file, a->conf->url_file);

	return rc < 0 ? address_fail(
			    a, rc, "url_file", "cannot be read", err_text(rc))
		      : ERR_AGAIN;
}

/* ---- the command ------------------------------------------------------ */

static void
command_out(void *arg, const uint8_t *data, size_t len)
{
	struct address *a = arg;

	/* What does not fit is dropped; take_url() then finds a line without
	 * an end. */
	if (len > buf_room(&a->out))
		len = buf_room(&a->out);
	if (buf_put(&a->out, data, len) == 0)
		return;
	snprintf(a->complaint, sizeof(a->complaint), "out of memory");
	process_kill(a->process);
}

static void
keep_complaint(void *arg, char *line)
{
	struct address *a = arg;
	char safe[sizeof(a->complaint)];

	redact_text(NULL, safe, sizeof(safe), line);
	utf8_sanitise(a->complaint, sizeof(a->complaint), safe, strlen(safe));
}

static void
command_err(void *arg, const uint8_t *data, size_t len)
{
	struct address *a = arg;

	lines_feed(&a->err, data, len, keep_complaint, a);
}

static void
command_gone(void *arg, const struct process_end *end)
{
	struct address *a = arg;
	char how[64];
	int rc;

	lines_end(&a->err, keep_complaint, a);
	process_free(a->process);
	a->process = NULL;
	process_describe(end, how, sizeof(how));
	if (!process_ended_well(end))
		rc = address_fail(
		    a, ERR_CLOSED, "url_command", how, a->complaint);
	else
		rc = take_url(a, "url_command", &a->out);
	a->answered(a->arg, rc);
}

static const struct process_events command_events = {
	.gone = command_gone, .out = command_out, .err = command_err
};

static int
run_command(struct address *a)
{
	struct process_spec spec = {
		.argv = (const char *const *)a->conf->url_command
	};
	int rc;

	buf_clear(&a->out);
	a->err = (struct lines){ .len = 0 };
	a->complaint[0] = '\0';
	rc = process_spawn(a->loop, &spec, &command_events, a, &a->process);
	if (rc < 0)
		return address_fail(
		    a, rc, "url_command", "cannot be run", err_text(rc));
	return ERR_AGAIN;
}

/* ---- what the header promises ----------------------------------------- */

int
address_new(struct loop *l, const struct conf_address *conf,
    void (*answered)(void *arg, int err), void *arg, struct address **out)
{
	struct address *a = calloc(1, sizeof(*a));

	*out = a;
	if (a == NULL)
		return ERR_NOMEM;
	a->loop = l;
	a->conf = conf;
	a->answered = answered;
	a->arg = arg;
	buf_init(&a->out, ADDRESS_MAX + 2);
	if (conf->url_file[0])
		return file_reader_new(
		    l, ADDRESS_MAX + 2, address_file_read, a, &a->file);
	return 0;
}

void
address_free(struct address *a)
{
	if (a == NULL)
		return;
	file_reader_free(a->file);
	process_free(a->process);
	buf_done(&a->out);
	free(a);
}

int
address_ask(struct address *a)
{
	a->url[0] = a->why[0] = '\0';
	return a->file ? read_file(a) : run_command(a);
}

bool
address_cancel(struct address *a)
{
	bool running = a->process != NULL;

	if (a->file)
		return file_reader_cancel(a->file);
	process_free(a->process);
	a->process = NULL;
	return running;
}

const char *
address_url(const struct address *a)
{
	return a->url;
}

const char *
address_why(const struct address *a)
{
	return a->why;
}
