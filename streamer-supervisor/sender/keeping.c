#include "streamer-supervisor/sender/keeping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/argv.h"
#include "common/args/words.h"
#include "common/body.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/utf8.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/keeper/keeper.h"
#include "streamer-supervisor/sender/history.h"

struct keeping {
	struct loop *loop;
	const char *name;
	const struct keeping_events *events;
	void *arg;
	struct process *process; /* NULL: none */
	struct timer *deadline;
	struct lines out, err;
	bool preparing;
	int64_t patience_ns;
	int64_t number;
	char why[REASON_MAX];
};

static void
keeping_answer(struct keeping *k, enum keeping_result result)
{
	if (!k->preparing)
		return;
	k->preparing = false;
	timer_at(k->deadline, INT64_MAX);
	k->events->done(k->arg, result);
}

static void
keeping_late(void *arg)
{
	struct keeping *k = arg;

	process_free(k->process);
	k->process = NULL;
	snprintf(k->why, sizeof(k->why),
	    "url: the folder did not answer in %g s",
	    (double)k->patience_ns / NS_PER_S);
	keeping_answer(k, KEEPING_FAILED);
}

/* ---- the child --------------------------------------------------------- */

static void
take_word(void *arg, char *line)
{
	struct keeping *k = arg;

	if (strcmp(line, KEEPER_GROWN) == 0) {
		k->events->grown(k->arg);
	} else if (strncmp(line, KEEPER_READY, strlen(KEEPER_READY)) == 0) {
		k->number = strtoll(line + strlen(KEEPER_READY), NULL, 10);
		keeping_answer(k, KEEPING_READY);
	}
}

/* The last complaint is why it is not ready. */
static void
take_complaint(void *arg, char *line)
{
	struct keeping *k = arg;
	char text[REASON_MAX - 8];

	utf8_sanitise(text, sizeof(text), line, strlen(line));
	snprintf(k->why, sizeof(k->why), "url: %s", text);
	if (!k->preparing)
		log_warning("output=%s %s", k->name, text);
}

static void
keeper_out(void *arg, const uint8_t *data, size_t len)
{
	struct keeping *k = arg;

	lines_feed(&k->out, data, len, take_word, k);
}

static void
keeper_err(void *arg, const uint8_t *data, size_t len)
{
	struct keeping *k = arg;

	lines_feed(&k->err, data, len, take_complaint, k);
}

static void
keeper_gone(void *arg, const struct process_end *end)
{
	struct keeping *k = arg;
	char how[64];

	process_free(k->process);
	k->process = NULL;
	process_describe(end, how, sizeof(how));
	if (!k->preparing)
		log_warning("output=%s the keeper of its files is gone: %s",
		    k->name, how);
	else if (k->why[0] == '\0')
		snprintf(k->why, sizeof(k->why),
		    "url: the folder cannot be looked at: %s", how);
	keeping_answer(k, end->code == KEEPER_REFUSED && !end->signalled
			      ? KEEPING_REFUSED
			      : KEEPING_FAILED);
}

static const struct process_events keeper_events = {
	.gone = keeper_gone, .out = keeper_out, .err = keeper_err
};

/* ---- its command line -------------------------------------------------- */

bool
keeping_is_due(const struct plan *plan)
{
	return plan->protocol && plan->protocol->scheme[0] == '\0';
}

static const char *
kind_of(const struct plan *plan, const char *url)
{
	if (strcmp(plan->protocol->muxer, "dash") == 0)
		return KEEPER_DASH;
	if (!plan->protocol->pattern)
		return KEEPER_HLS;
	return protocol_is_numbered(url) ? KEEPER_NUMBERS : KEEPER_CLOCK;
}

static void
add_path(struct argv *a, const struct plan *plan, const struct conf_output *o,
    const char *variant)
{
	char *path = protocol_list(plan->protocol, o->address.url, variant);

	argv_add(a, "%s", path ? path : "");
	a->failed |= path == NULL;
	free(path);
}

/* With variants each has a list of its own. */
static void
add_paths(struct argv *a, const struct plan *plan, const struct conf_output *o)
{
	size_t n = words_count(o->sound.variants), i;

	for (i = 0; i < n; i++)
		add_path(a, plan, o, o->sound.variants[i]);
	if (n == 0)
		add_path(a, plan, o, NULL);
}

static int
keeping_spawn(
    struct keeping *k, const struct plan *plan, const struct conf_output *o)
{
	char self[PLATFORM_PATH_MAX], **argv;
	struct process_spec spec = { .input = false };
	struct argv a = { 0 };
	int rc = path_self(self, sizeof(self));

	if (rc < 0)
		return rc;
	argv_add(&a, "%s", self);
	argv_add(&a, "%s", KEEPER_OPTION);
	argv_add(&a, "%s", kind_of(plan, o->address.url));
	add_paths(&a, plan, o);
	argv = argv_take(&a);
	if (argv == NULL)
		return ERR_NOMEM;
	spec.argv = (const char *const *)argv;
	rc = process_spawn(k->loop, &spec, &keeper_events, k, &k->process);
	words_free(argv);
	return rc;
}

/* ---- what the header promises ------------------------------------------ */

int
keeping_new(struct loop *l, const char *name,
    const struct keeping_events *events, void *arg, struct keeping **out)
{
	struct keeping *k = calloc(1, sizeof(*k));
	int rc;

	*out = NULL;
	if (k == NULL)
		return ERR_NOMEM;
	*k = (struct keeping){
		.loop = l, .name = name, .events = events, .arg = arg
	};
	rc = timer_new(l, TIMER_COARSE, keeping_late, k, &k->deadline);
	if (rc < 0) {
		keeping_free(k);
		return rc;
	}
	*out = k;
	return 0;
}

void
keeping_free(struct keeping *k)
{
	if (k == NULL)
		return;
	process_free(k->process);
	timer_free(k->deadline);
	free(k);
}

int
keeping_start(struct keeping *k, const struct plan *plan,
    const struct conf_output *o, int64_t patience_ns)
{
	int rc;

	keeping_stop(k);
	k->out = k->err = (struct lines){ .len = 0 };
	k->number = 0;
	k->why[0] = '\0';
	rc = keeping_spawn(k, plan, o);
	if (rc < 0) {
		snprintf(k->why, sizeof(k->why),
		    "url: the folder cannot be looked at: %s", err_text(rc));
		return rc;
	}
	k->preparing = true;
	k->patience_ns = patience_ns;
	timer_at(k->deadline, clock_awake_ns() + patience_ns);
	return 0;
}

bool
keeping_stop(struct keeping *k)
{
	bool was = k && k->preparing;

	if (k == NULL)
		return false;
	process_free(k->process);
	k->process = NULL;
	k->preparing = false;
	timer_at(k->deadline, INT64_MAX);
	return was;
}

int64_t
keeping_number(const struct keeping *k)
{
	return k ? k->number : 0;
}

const char *
keeping_why(const struct keeping *k)
{
	return k->why;
}

bool
keeping_is_blind(const struct keeping *k)
{
	return k == NULL || k->process == NULL;
}

/* ---- from one program to its successor ----------------------------------- */

static const struct record_field keeping_fields[] = {
	RECORD_FIELD_PART(keeping, out, lines_fields),
	RECORD_FIELD_PART(keeping, err, lines_fields),
	RECORD_FIELD(RECORD_INTEGER, keeping, number),
	RECORD_FIELD_TEXT(keeping, why),
	RECORD_END,
};

json_t *
keeping_hand_over(const struct keeping *k, struct parcel *parcel)
{
	json_t *o = record_save(keeping_fields, k);

	/* One that still prepares a place is started again, with its ffmpeg. */
	if (k->process && !k->preparing)
		body_put(&o, "process", process_hand_over(k->process, parcel));
	return o;
}

int
keeping_take_over(struct keeping *k, struct parcel *parcel, const json_t *word)
{
	const json_t *process = json_object_get(word, "process");
	int rc = record_load(keeping_fields, word, k);

	if (rc < 0 || process == NULL)
		return rc;
	if (process_take_over(
		k->loop, parcel, process, &keeper_events, k, &k->process) < 0)
		log_warning(
		    "output=%s the keeper of its files is lost", k->name);
	return 0;
}
