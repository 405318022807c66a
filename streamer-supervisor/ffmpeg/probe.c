#include "streamer-supervisor/ffmpeg/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/record.h"
#include "streamer-supervisor/ffmpeg/listing.h"

/* A list has at most so many bytes; those of a full build have 20,000. */
#define LIST_MAX (256 * 1024)

static const struct {
	const char *option;
	const char *noun;
} lists[LISTINGS] = {
	[LISTING_PROTOCOLS] = { "-protocols", "protocol" },
	[LISTING_MUXERS] = { "-muxers", "format" },
	[LISTING_ENCODERS] = { "-encoders", "encoder" },
};

/* One question: a run of `ffmpeg -protocols` or the like. */
struct question {
	struct probe *probe;
	struct process *process; /* NULL: not running */
	struct buf text;         /* the answer so far */
	struct lines banner;
};

struct probe {
	struct loop *loop;
	const char *program;
	void (*done)(void *arg);
	void *arg;
	struct timer *deadline;
	struct question questions[LISTINGS];
	struct buf known[LISTINGS]; /* the last answers; empty: none */
	size_t asking;              /* questions that are not answered yet */
	bool telling;               /* `done` is being called */
	bool again;  /* the questions are asked once more after this round */
	int missing; /* why the program can't be run; 0: it can */
	char version[64];
	char said[128]; /* what was logged last */
};

/* Logs the answer, once for as long as it stays the same. */
static void
say(struct probe *p)
{
	char now[sizeof(p->said)];

	if (p->missing)
		snprintf(now, sizeof(now), "cannot be run: %s",
		    err_text(p->missing));
	else
		snprintf(now, sizeof(now), "version=%s",
		    p->version[0] ? log_quote(p->version) : "unknown");
	if (strcmp(now, p->said) == 0)
		return;
	memcpy(p->said, now, sizeof(now));
	log_write(p->missing ? LOG_ERROR : LOG_INFO, "ffmpeg=%s %s",
	    log_quote(p->program), now);
}

static void
probe_tell(struct probe *p)
{
	timer_at(p->deadline, INT64_MAX);
	p->telling = true;
	p->done(p->arg);
	p->telling = false;
	if (p->again)
		probe_again(p);
}

static void
probe_answered(struct probe *p)
{
	if (--p->asking > 0)
		return;
	say(p);
	probe_tell(p);
}

static void
probe_ended(void *arg, const struct process_end *end)
{
	struct question *q = arg;
	struct probe *p = q->probe;
	struct buf *known = &p->known[q - p->questions];
	bool good = process_ended_well(end);

	process_free(q->process);
	q->process = NULL;
	p->missing = end->err;
	buf_done(known);
	if (good)
		*known = q->text;
	else
		buf_done(&q->text);
	buf_init(&q->text, LIST_MAX);
	probe_answered(p);
}

/* Takes a piece of the answer. What is longer than a list can be stays cut, and
 * nothing is found in it. */
static void
heard(void *arg, const uint8_t *data, size_t len)
{
	struct question *q = arg;

	if (buf_put(&q->text, data, len) < 0)
		process_kill(q->process);
}

static void
take_banner(void *arg, char *line)
{
	struct probe *p = arg;
	char version[sizeof(p->version)];

	listing_version(line, version, sizeof(version));
	if (version[0])
		snprintf(p->version, sizeof(p->version), "%s", version);
}

static void
heard_banner(void *arg, const uint8_t *data, size_t len)
{
	struct question *q = arg;

	lines_feed(&q->banner, data, len, take_banner, q->probe);
}

static const struct process_events process_events = {
	.gone = probe_ended, .out = heard, .err = heard_banner
};

static void
give_up(void *arg)
{
	struct probe *p = arg;
	size_t i;

	log_warning("ffmpeg=%s did not list its protocols, muxers and encoders "
		    "in %d s; outputs start all the same. Does it run by "
		    "hand (ffmpeg -protocols)?",
	    log_quote(p->program), (int)(PROBE_MAX_NS / NS_PER_S));
	for (i = 0; i < LISTINGS; i++)
		if (p->questions[i].process)
			process_kill(p->questions[i].process);
}

void
probe_again(struct probe *p)
{
	const char *argv[] = { p->program, NULL, NULL };
	struct process_spec spec = { .argv = argv };
	struct question *q;
	size_t i;
	int rc;

	if (p->asking > 0)
		p->again = true;
	if (p->telling || p->asking > 0)
		return;
	p->again = false;
	timer_at(p->deadline, clock_awake_ns() + PROBE_MAX_NS);
	for (i = 0; i < LISTINGS; i++) {
		q = &p->questions[i];
		argv[1] = lists[i].option;
		rc = process_spawn(
		    p->loop, &spec, &process_events, q, &q->process);
		if (rc == 0)
			p->asking++;
		else
			log_warning("ffmpeg=%s cannot be asked what it can do: "
				    "%s; outputs start all the same",
			    log_quote(p->program), err_text(rc));
	}
	if (p->asking == 0)
		probe_tell(p);
}

int
probe_new(struct loop *l, const char *program, void (*done)(void *arg),
    void *arg, struct probe **out)
{
	struct probe *p = calloc(1, sizeof(*p));
	size_t i;
	int rc;

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	*p = (struct probe){
		.loop = l, .program = program, .done = done, .arg = arg
	};
	for (i = 0; i < LISTINGS; i++) {
		p->questions[i].probe = p;
		buf_init(&p->questions[i].text, LIST_MAX);
		buf_init(&p->known[i], LIST_MAX);
	}
	rc = timer_new(l, TIMER_COARSE, give_up, p, &p->deadline);
	if (rc < 0) {
		free(p);
		return rc;
	}
	*out = p;
	probe_again(p);
	return 0;
}

void
probe_free(struct probe *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < LISTINGS; i++) {
		process_free(p->questions[i].process);
		buf_done(&p->questions[i].text);
		buf_done(&p->known[i]);
	}
	timer_free(p->deadline);
	free(p);
}

static bool
lists_it(const struct probe *p, size_t list, const char *name)
{
	const struct buf *known = &p->known[list];

	return name == NULL || buf_len(known) == 0 ||
	       listing_has((const char *)buf_data(known), buf_len(known), name);
}

bool
probe_lacks(
    const struct probe *p, const struct plan *plan, char *why, size_t size)
{
	size_t i;

	if (p->missing) {
		snprintf(why, size,
		    "the program '%s' cannot be run: %s; install ffmpeg (on "
		    "Debian: apt-get install ffmpeg) or set streamer.ffmpeg",
		    p->program, err_text(p->missing));
		return true;
	}
	for (i = 0; i < LISTINGS; i++)
		if (!lists_it(p, i, plan->needs[i])) {
			snprintf(why, size,
			    "ffmpeg %s was built without the %s '%s'; install "
			    "%s%s or set streamer.ffmpeg to one",
			    p->version, lists[i].noun, plan->needs[i],
			    plan->since ? "ffmpeg "
					: "a full build (Debian's "
					  "has it)",
			    plan->since ? plan->since : "");
			return true;
		}
	return false;
}

bool
probe_lacks_encoder(
    const struct probe *p, const char *name, char *why, size_t size)
{
	if (lists_it(p, LISTING_ENCODERS, name))
		return false;
	snprintf(why, size,
	    "ffmpeg %s was built without the encoder '%s'; install a full "
	    "build (Debian's has it), or set another encoder",
	    p->version, name);
	return true;
}

bool
probe_is_modern(const struct probe *p)
{
	return listing_at_least(p->version, 5, 1);
}

const char *
probe_version(const struct probe *p)
{
	return p->version;
}

/* ---- from one program to its successor ----------------------------------- */

static const struct record_field probe_fields[] = {
	RECORD_FIELD_TEXT(probe, version),
	RECORD_FIELD_TEXT(probe, said),
	RECORD_END,
};

json_t *
probe_hand_over(const struct probe *p, struct parcel *parcel)
{
	json_t *o = record_save(probe_fields, p), *known = json_array();
	size_t i;

	for (i = 0; i < LISTINGS; i++)
		body_append(&known, parcel_add(parcel, buf_data(&p->known[i]),
					buf_len(&p->known[i])));
	body_put(&o, "known", known);
	return o;
}

int
probe_take_over(
    struct probe *p, const struct parcel *parcel, const json_t *word)
{
	const json_t *known = json_object_get(word, "known");
	const uint8_t *text;
	size_t i, len;
	int rc = record_load(probe_fields, word, p);

	for (i = 0; i < LISTINGS && rc == 0; i++) {
		rc = parcel_find(parcel, json_array_get(known, i), &text, &len);
		if (rc == 0)
			rc = buf_put(&p->known[i], text, len);
	}
	return rc;
}
