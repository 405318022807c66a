#include "streamer-supervisor/pictures/picture_child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/conf/conf.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/record.h"
#include "daemon/child_process.h"
#include "streamer-supervisor/pictures/picture_report.h"
#include "streamer-supervisor/pictures/picture_trust.h"

#define LINE_MAX_BYTES 8192
#define SAID_MAX (LINE_MAX_BYTES + STREAM_READ_MAX)
#define BACKOFF_FIRST_NS (200 * NS_PER_MS)
#define BACKOFF_MAX_NS (10 * NS_PER_S)
/* So many readers are remembered, the latest ones. */
#define READERS_MAX 64
/* After so many starts in a row that came to nothing it is not waited for. */
#define HOPELESS 2

/* It tells its status once a second. */
static const struct child_limits limits = {
	.start_ns = 5 * NS_PER_S,
	.stall_ns = 4 * NS_PER_S,
	.grace_ns = 2 * NS_PER_S,
	.healthy_ns = 5 * NS_PER_S,
	.reject_ns = BACKOFF_MAX_NS,
};

struct picture_reader {
	int64_t pid;
	uint64_t first_sample;
};

struct picture_child {
	char video[CONF_NAME_MAX + 1];
	const struct picture_child_events *events;
	void *arg;
	struct picture_command command;
	struct child_process child;
	struct picture_trust trust;
	enum picture_state told; /* what was told of last */
	struct buf said;         /* lines of its standard error */
	size_t scanned;
	json_t *status; /* as it told last; NULL: it has not */
	struct picture_condition condition; /* as was told last */
	struct picture_reader readers[READERS_MAX];
	size_t next_reader; /* where the next one is remembered */
	char why[128];      /* it ended; "": it never did */
	/* What its source of frames complained of last; "": of nothing. */
	char complaint[PICTURE_REPORT_MAX];
	struct log_limit chatter;
};

/* ---- what it says ----------------------------------------------------- */

static bool
is_serving(const struct picture_child *c)
{
	return json_is_true(json_object_get(c->status, "serving"));
}

/* Tells of another answer, of which a status may be the first sign: once a
 * second is often enough to see that it has lasted. */
static void
tell(struct picture_child *c)
{
	enum picture_state state = picture_child_state(c);

	if (state == c->told)
		return;
	c->told = state;
	c->events->changed(c->arg);
}

/* Returns why the process, or else its source of frames, is not well. */
static const char *
find_reason(const struct picture_child *c)
{
	if (c->condition.state == CHILD_STALLED)
		return "it gives no sign of life";
	if (c->condition.state == CHILD_BACKOFF)
		return c->why;
	return picture_condition_lacks_source(&c->condition) ? c->complaint
							     : "";
}

static int64_t
find_wait_ms(const struct picture_child *c)
{
	return c->child.child.state == CHILD_BACKOFF
		   ? c->child.child.wait_ns / NS_PER_MS
		   : 0;
}

/* Tells of another condition; what it was before stays until here. */
static void
tell_condition(struct picture_child *c)
{
	struct picture_condition now;
	struct picture_news news = { .video = c->video,
		.from = c->condition.state,
		.now = &c->condition };

	picture_condition_read(&now, c->child.child.state, c->status);
	if (picture_condition_equal(&now, &c->condition))
		return;
	c->condition = now;
	news.reason = find_reason(c);
	news.backoff_ms = find_wait_ms(c);
	c->events->news(c->arg, &news);
}

static bool
source_runs(const json_t *status)
{
	const char *source =
	    json_string_value(json_object_get(status, "source"));

	return source && strcmp(source, child_state_name(CHILD_RUNNING)) == 0;
}

static void
take_status(struct picture_child *c, json_t *status)
{
	/* What it complained of before is over. */
	if (source_runs(status) && !source_runs(c->status))
		c->complaint[0] = '\0';
	json_decref(c->status);
	c->status = status;
	child_process_feed(&c->child, CHILD_READY);
	child_process_feed(&c->child, CHILD_PROGRESS);
	tell(c);
	tell_condition(c);
}

static void
take_reader(struct picture_child *c, const struct picture_report *r)
{
	c->readers[c->next_reader].pid = r->pid;
	c->readers[c->next_reader].first_sample = r->first_sample;
	c->next_reader = (c->next_reader + 1) % READERS_MAX;
	c->events->changed(c->arg);
}

/* A damaged file makes a hundred complaints a second. */
static void
take_complaint(struct picture_child *c, const char *text)
{
	if (text[0] == '\0')
		return;
	snprintf(c->complaint, sizeof(c->complaint), "%s", text);
	if (log_allow(&c->chatter, clock_awake_ns()))
		log_info(
		    "video=%s its source says=%s", c->video, log_quote(text));
}

static void
take_line(struct picture_child *c, const char *line, size_t len)
{
	struct picture_report r;

	picture_report_read(
	    &r, &c->command.redact, c->command.address, line, len);
	if (r.status)
		take_status(c, r.status);
	else if (r.complaint)
		take_complaint(c, r.text);
	else
		log_write(r.level, "video=%s %s", c->video, r.text);
	if (r.pid && r.lags)
		c->events->lagging(c->arg, r.pid);
	else if (r.pid)
		take_reader(c, &r);
}

static void
child_err(void *arg, const uint8_t *data, size_t len)
{
	struct picture_child *c = arg;
	const char *line;
	size_t n;

	/* A line that is longer than any of the log's is no line. */
	if (buf_put(&c->said, data, len) < 0) {
		buf_clear(&c->said);
		c->scanned = 0;
	}
	while (lines_peek(&c->said, &c->scanned, &line, &n)) {
		if (n > 0)
			take_line(c, line, n);
		buf_consume(&c->said, n + 1);
	}
}

/* ---- the process ------------------------------------------------------ */

static void
child_gone(void *arg, const struct process_end *end)
{
	struct picture_child *c = arg;

	buf_clear(&c->said);
	c->scanned = 0;
	json_decref(c->status);
	c->status = NULL;
	memset(c->readers, 0, sizeof(c->readers));
	process_describe(end, c->why, sizeof(c->why));
}

static int
child_describe(void *arg, struct process_spec *out)
{
	struct picture_child *c = arg;

	out->argv = (const char *const *)c->command.argv;
	out->text = c->command.list;
	return 0;
}

static void
child_failed(void *arg, int err)
{
	struct picture_child *c = arg;

	snprintf(
	    c->why, sizeof(c->why), "it cannot be started: %s", err_text(err));
}

/* Notes whether it lasts. What is asked to end does not break off. */
static void
weigh(struct picture_child *c)
{
	enum child_state to = c->child.child.state;
	int64_t now = clock_awake_ns();

	if (to == CHILD_RUNNING)
		picture_trust_came(&c->trust, now);
	else if (to == CHILD_BACKOFF)
		picture_trust_broke(&c->trust, now);
	else if (to == CHILD_STOPPING)
		c->trust.since_ns = 0;
	if (to == CHILD_RUNNING && picture_trust_hold_ns(&c->trust) > 0)
		log_warning("video=%s its picture has broken off %u times; it "
			    "is shown again when it has lasted for %d s",
		    c->video, c->trust.losses,
		    (int)(picture_trust_hold_ns(&c->trust) / NS_PER_S));
}

static void
log_state(const struct picture_child *c)
{
	if (c->child.child.state == CHILD_STALLED)
		log_warning(
		    "video=%s its picture gives no sign of life, and is "
		    "killed",
		    c->video);
	else if (c->child.child.state == CHILD_BACKOFF)
		log_warning("video=%s its picture ended (%s); it is started "
			    "again in %d ms",
		    c->video, c->why,
		    (int)(c->child.child.wait_ns / NS_PER_MS));
	else if (c->child.child.state == CHILD_RUNNING)
		log_info("video=%s its picture runs", c->video);
}

static void
child_changed(void *arg, enum child_state from)
{
	struct picture_child *c = arg;

	(void)from;
	weigh(c);
	log_state(c);
	c->told = picture_child_state(c);
	c->events->changed(c->arg);
	tell_condition(c);
}

static const struct child_process_events child_events = { .describe =
							      child_describe,
	.failed = child_failed,
	.err = child_err,
	.gone = child_gone,
	.changed = child_changed };

/* ---- what the header promises ----------------------------------------- */

struct picture_child *
picture_child_new(struct loop *l, const char *video,
    const struct picture_child_events *events, void *arg)
{
	struct picture_child *c = calloc(1, sizeof(*c));

	if (c == NULL ||
	    child_process_init(&c->child, l, &child_events, c) < 0) {
		free(c);
		return NULL;
	}
	c->events = events;
	c->arg = arg;
	snprintf(c->video, sizeof(c->video), "%s", video);
	buf_init(&c->said, SAID_MAX);
	c->chatter = (struct log_limit){ .every_ns = NS_PER_S, .burst = 10 };
	child_init(
	    &c->child.child, &limits, BACKOFF_FIRST_NS, BACKOFF_MAX_NS, true);
	return c;
}

void
picture_child_free(struct picture_child *c)
{
	if (c == NULL)
		return;
	child_process_done(&c->child);
	buf_done(&c->said);
	json_decref(c->status);
	picture_command_done(&c->command);
	free(c);
}

void
picture_child_run(struct picture_child *c, struct picture_command command)
{
	bool runs = c->child.child.state != CHILD_STOPPED &&
		    c->child.child.state != CHILD_STOPPING;
	/* One that was taken over had a command of which only the program
	 * before this one knows. */
	bool same = c->command.argv == NULL ||
		    picture_command_equal(&c->command, &command);

	picture_command_done(&c->command);
	c->command = command;
	if (!runs) {
		child_process_feed(&c->child, CHILD_START);
	} else if (!same) {
		log_info("video=%s has changed; its picture is started afresh",
		    c->video);
		child_process_feed(&c->child, CHILD_RESTART);
	}
}

void
picture_child_stop(struct picture_child *c)
{
	child_process_feed(&c->child, CHILD_STOP);
}

bool
picture_child_is_stopped(const struct picture_child *c)
{
	return c->child.child.state == CHILD_STOPPED;
}

enum picture_state
picture_child_state(const struct picture_child *c)
{
	if (c->child.child.state == CHILD_STOPPED ||
	    !picture_trust_is_good(&c->trust, clock_awake_ns()))
		return PICTURE_ABSENT;
	if (c->child.child.state == CHILD_RUNNING)
		return is_serving(c) ? PICTURE_SERVED : PICTURE_COMING;
	return c->child.child.backoff.failures < HOPELESS ? PICTURE_COMING
							  : PICTURE_ABSENT;
}

/* The time of day lasts longer than how long it is until then: a status may be
 * read later. */
static void
put_end_of_hold(const struct picture_trust *t, char *out, size_t size)
{
	int64_t left_ns =
	    t->since_ns + picture_trust_hold_ns(t) - clock_awake_ns();
	int64_t s = (clock_utc_ms() + left_ns / NS_PER_MS) / 1000 % (24 * 3600);

	snprintf(out, size, ", at %02d:%02d:%02d UTC", (int)(s / 3600),
	    (int)(s / 60 % 60), (int)(s % 60));
}

void
picture_child_explain(const struct picture_child *c, char *out, size_t size)
{
	char end[32] = "";

	out[0] = '\0';
	if (picture_trust_is_good(&c->trust, clock_awake_ns()))
		return;
	if (c->trust.since_ns)
		put_end_of_hold(&c->trust, end, sizeof(end));
	snprintf(out, size,
	    "held back: it has broken off %u times, and is shown when it has "
	    "lasted for %d s%s",
	    c->trust.losses, (int)(picture_trust_hold_ns(&c->trust) / NS_PER_S),
	    end);
}

bool
picture_child_reader(
    const struct picture_child *c, int64_t pid, uint64_t *first_sample)
{
	size_t i, at = c->next_reader;

	for (i = 0; i < READERS_MAX; i++) {
		at = (at + READERS_MAX - 1) % READERS_MAX;
		if (pid && c->readers[at].pid == pid) {
			*first_sample = c->readers[at].first_sample;
			return true;
		}
	}
	return false;
}

bool
picture_child_told(
    const struct picture_child *c, const char *field, double *out)
{
	const json_t *value = json_object_get(c->status, field);

	*out = json_number_value(value);
	return json_is_number(value);
}

uint64_t
picture_child_restarts(const struct picture_child *c)
{
	return c->child.child.restarts;
}

const struct picture_condition *
picture_child_condition(const struct picture_child *c)
{
	return &c->condition;
}

const char *
picture_child_video(const struct picture_child *c)
{
	return c->video;
}

json_t *
picture_child_status(const struct picture_child *c)
{
	json_t *o = json_object();

	body_put(&o, "name", json_string(c->video));
	body_put(
	    &o, "state", json_string(child_state_name(c->child.child.state)));
	body_put(
	    &o, "restarts", json_integer((json_int_t)c->child.child.restarts));
	body_put(&o, "backoff_ms", json_integer((json_int_t)find_wait_ms(c)));
	if (c->why[0])
		body_put_text(&o, "last_end", c->why);
	if (c->complaint[0])
		body_put_text(&o, "source_error", c->complaint);
	if (c->status)
		body_merge(&o, c->status);
	return o;
}

/* ---- from one program to its successor ----------------------------------- */

static const struct record_field reader_fields[] = {
	RECORD_FIELD(RECORD_INTEGER, picture_reader, pid),
	RECORD_FIELD(RECORD_COUNT, picture_reader, first_sample),
	RECORD_END,
};

static const struct record_field picture_fields[] = {
	RECORD_FIELD_PART(picture_child, trust, picture_trust_fields),
	RECORD_FIELD_SIZE(picture_child, next_reader, READERS_MAX - 1),
	RECORD_FIELD_TEXT(picture_child, why),
	RECORD_FIELD_TEXT(picture_child, complaint),
	RECORD_END,
};

json_t *
picture_child_hand_over(const struct picture_child *c, struct parcel *parcel)
{
	json_t *o = record_save(picture_fields, c), *readers = json_array();
	size_t i;

	for (i = 0; i < READERS_MAX; i++)
		body_append(
		    &readers, record_save(reader_fields, &c->readers[i]));
	body_put(&o, "readers", readers);
	body_put(&o, "child", child_process_hand_over(&c->child, parcel));
	body_put(
	    &o, "said", record_text(buf_data(&c->said), buf_len(&c->said)));
	if (c->status)
		body_put(&o, "status", json_deep_copy(c->status));
	return o;
}

static int
take_said(struct picture_child *c, const json_t *word)
{
	char *said = record_read_text(word);
	int rc = said ? buf_puts(&c->said, said) : ERR_INVALID;

	free(said);
	return rc;
}

int
picture_child_take_over(
    struct picture_child *c, struct parcel *parcel, const json_t *word)
{
	const json_t *readers = json_object_get(word, "readers");
	json_t *status = json_object_get(word, "status");
	int rc = record_load(picture_fields, word, c);
	size_t i;

	for (i = 0; i < READERS_MAX && rc == 0; i++)
		rc = record_load(
		    reader_fields, json_array_get(readers, i), &c->readers[i]);
	if (rc == 0)
		rc = take_said(c, json_object_get(word, "said"));
	if (rc < 0)
		return rc;
	c->status = json_is_object(status) ? json_incref(status) : NULL;
	rc = child_process_take_over(
	    &c->child, parcel, json_object_get(word, "child"));
	picture_condition_read(&c->condition, c->child.child.state, c->status);
	c->told = picture_child_state(c);
	return rc;
}
