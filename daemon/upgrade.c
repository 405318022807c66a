#include "daemon/upgrade.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/body.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/utf8.h"

#define WHY_MAX 300
/* An answer holds the files that the trial has read. */
#define ANSWER_MAX ((size_t)64 * 1024 * 1024)

struct upgrade {
	struct loop *loop;
	const struct upgrade_owner *owner;
	void *arg;
	struct process *trial; /* NULL: none is under way */
	struct timer *deadline;
	struct buf answer; /* of the trial */
	struct parcel
	    checked;        /* the same, read; no document: it is not ready */
	struct lines err;   /* the trial's standard error */
	char said[WHY_MAX]; /* its last line */
};

static void
upgrade_stop(struct upgrade *u)
{
	process_free(u->trial);
	u->trial = NULL;
	timer_at(u->deadline, INT64_MAX);
	succession_hold_signals(false);
	buf_clear(&u->answer);
	parcel_done(&u->checked);
	u->err = (struct lines){ .len = 0 };
	u->said[0] = '\0';
}

static void
upgrade_fail(struct upgrade *u, const char *why)
{
	char text[WHY_MAX + PLATFORM_PATH_MAX];

	snprintf(text, sizeof(text), "%s: %s", succession_program(), why);
	upgrade_drop(u);
	u->owner->failed(u->arg, text);
}

/* ---- the new program takes our place ---------------------------------- */

/* Adds what the trial has read to what its program is handed, under the same
 * names. */
static int
add_answer(struct parcel *to, const struct parcel *answer)
{
	json_t *checked = json_object(), *value;
	const uint8_t *data;
	const char *name;
	size_t len;

	json_object_foreach(answer->document, name,
	    value) if (parcel_find(answer, value, &data, &len) == 0)
	    body_put(&checked, name, parcel_add(to, data, len));
	body_put(&to->document, "checked", checked);
	return to->document ? 0 : ERR_NOMEM;
}

void
upgrade_go(struct upgrade *u)
{
	struct parcel p;
	char why[WHY_MAX] = "";
	int rc;

	if (u->checked.document == NULL)
		return;
	rc = parcel_init(&p);
	if (rc == 0)
		rc = u->owner->save(u->arg, &p, false, why, sizeof(why));
	if (rc == 0)
		rc = add_answer(&p, &u->checked);
	if (rc == 0)
		rc = succession_begin(u->loop, &p);
	if (rc == ERR_AGAIN && why[0] == '\0')
		snprintf(
		    why, sizeof(why), "it was replaced while it was tried");
	parcel_done(&p);
	upgrade_fail(u, why[0] ? why : err_text(rc));
}

/* A signal that has come and was not looked at yet would be forgotten: those
 * that come from now on wait for the successor, and one turn of the loop looks
 * at the others. */
static void
upgrade_prepare(struct upgrade *u)
{
	succession_hold_signals(true);
	timer_at(u->deadline, clock_awake_ns());
}

static void
upgrade_prepared(struct upgrade *u)
{
	timer_at(u->deadline, INT64_MAX);
	if (u->owner->ready)
		u->owner->ready(u->arg);
	else
		upgrade_go(u);
}

static void
upgrade_answered(struct upgrade *u)
{
	int rc = parcel_unpack(&u->answer, &u->checked);

	process_free(u->trial);
	u->trial = NULL;
	if (rc < 0 || !json_is_true(json_object_get(
			  u->checked.document, UPGRADE_ANSWERED)))
		upgrade_fail(
		    u, "it answers as no version of this program does");
	else
		upgrade_prepare(u);
}

/* ---- the trial -------------------------------------------------------- */

static void
trial_out(void *arg, const uint8_t *data, size_t len)
{
	struct upgrade *u = arg;

	if (buf_put(&u->answer, data, len) < 0)
		process_kill(u->trial);
}

static void
trial_said(void *arg, char *line)
{
	struct upgrade *u = arg;

	utf8_sanitise(u->said, sizeof(u->said), line, strlen(line));
}

static void
trial_err(void *arg, const uint8_t *data, size_t len)
{
	struct upgrade *u = arg;

	lines_feed(&u->err, data, len, trial_said, u);
}

static void
trial_gone(void *arg, const struct process_end *end)
{
	struct upgrade *u = arg;
	char how[64], why[WHY_MAX];

	lines_end(&u->err, trial_said, u);
	process_describe(end, how, sizeof(how));
	snprintf(why, sizeof(why), "%s", u->said[0] ? u->said : how);
	if (!process_ended_well(end))
		upgrade_fail(u, why);
	else
		upgrade_answered(u);
}

static const struct process_events trial_events = {
	.gone = trial_gone, .out = trial_out, .err = trial_err
};

static void
deadline_came(void *arg)
{
	struct upgrade *u = arg;
	char why[WHY_MAX];

	if (u->checked.document) {
		upgrade_prepared(u);
		return;
	}
	snprintf(why, sizeof(why),
	    "it was not ready within %d s: a file that the configuration "
	    "names may hang",
	    (int)(UPGRADE_PATIENCE_NS / NS_PER_S));
	upgrade_fail(u, why);
}

/* What the trial reads. It may be long: a copy of us makes it. */
static int
trial_put(void *arg, struct process_sink *to)
{
	struct upgrade *u = arg;
	char why[WHY_MAX] = "";
	struct parcel p;
	struct buf bytes;
	int rc = parcel_init(&p);

	buf_init(&bytes, PARCEL_MAX);
	if (rc == 0)
		rc = u->owner->save(u->arg, &p, true, why, sizeof(why));
	if (rc == 0)
		rc = parcel_pack(&p, &bytes);
	if (rc == 0)
		rc = process_put(to, buf_data(&bytes), buf_len(&bytes));
	if (rc < 0)
		service_complain(why[0] ? why : err_text(rc));
	buf_done(&bytes);
	parcel_done(&p);
	return rc;
}

/* Starts the program with the arguments of ours, and one more. */
static int
trial_spawn(struct upgrade *u)
{
	const struct process_copy copy = { trial_put, u };
	struct process_spec spec = { .copy = &copy };
	const char **argv =
	    words_with(succession_arguments(), UPGRADE_OPTION, NULL);
	int rc;

	if (argv == NULL)
		return ERR_NOMEM;
	argv[0] = succession_program();
	spec.argv = argv;
	succession_look();
	rc = process_spawn(u->loop, &spec, &trial_events, u, &u->trial);
	free(argv);
	return rc;
}

/* ---- what the header promises ----------------------------------------- */

void
upgrade_begin(struct upgrade *u)
{
	int rc;

	if (upgrade_is_under_way(u))
		return;
	service_reloading();
	if (succession_check() < 0) {
		service_ready();
		u->owner->failed(u->arg,
		    "on this system a process keeps its program: restart it");
		return;
	}
	rc = trial_spawn(u);
	if (rc < 0)
		upgrade_fail(u, err_text(rc));
	else
		timer_at(u->deadline, clock_awake_ns() + UPGRADE_PATIENCE_NS);
}

const json_t *
upgrade_answer(const struct upgrade *u)
{
	return u->checked.document;
}

void
upgrade_drop(struct upgrade *u)
{
	upgrade_stop(u);
	service_ready();
}

bool
upgrade_is_under_way(const struct upgrade *u)
{
	return u->trial || u->checked.document;
}

int
upgrade_new(struct loop *l, const struct upgrade_owner *owner, void *arg,
    struct upgrade **out)
{
	struct upgrade *u = calloc(1, sizeof(*u));
	int rc;

	*out = NULL;
	if (u == NULL)
		return ERR_NOMEM;
	*u = (struct upgrade){ .loop = l, .owner = owner, .arg = arg };
	buf_init(&u->answer, ANSWER_MAX);
	rc = timer_new(l, TIMER_COARSE, deadline_came, u, &u->deadline);
	if (rc < 0) {
		free(u);
		return rc;
	}
	*out = u;
	return 0;
}

void
upgrade_free(struct upgrade *u)
{
	if (u == NULL)
		return;
	upgrade_stop(u);
	timer_free(u->deadline);
	buf_done(&u->answer);
	free(u);
}
