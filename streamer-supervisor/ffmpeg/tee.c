#include "streamer-supervisor/ffmpeg/tee.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/argv.h"
#include "common/args/words.h"
#include "common/buf.h"
#include "common/err.h"
#include "streamer-supervisor/ffmpeg/protocol.h"

/* The description of all members has at most so many bytes. */
#define SLAVES_MAX (TEE_MAX * 8192)

/* So little any system allows, and none chooses it by itself. */
#define MARK_FIRST 65537

int
tee_mark(unsigned index)
{
	return MARK_FIRST + 2 * (int)index;
}

/* ---- the command line ------------------------------------------------- */

/* Puts `text` with a backslash before quotes, backslashes and `special`
 * characters, `depth` times over: ffmpeg takes the list of slaves apart
 * first, then the options of each ("Quoting and escaping", ffmpeg-utils). */
static int
put_escaped(struct buf *b, const char *text, const char *special, int depth)
{
	int rc = 0, i;

	for (; *text && rc == 0; text++) {
		bool outer = strchr("\\'|", *text) != NULL;
		bool inner = depth > 1 && strchr(special, *text) != NULL;
		int slashes = inner ? (outer ? 3 : 2) : outer;

		for (i = 0; i < slashes && rc == 0; i++)
			rc = buf_put(b, "\\", 1);
		if (rc == 0)
			rc = buf_put(b, text, 1);
	}
	return rc;
}

/* Puts one option of a slave. Two are the ffmpeg program's own words, for what
 * the muxers know as max_delay and not at all. */
static int
put_option(struct buf *b, const char *name, const char *value)
{
	int rc;

	if (strcmp(name, "muxpreload") == 0)
		return 0;
	if (strcmp(name, "muxdelay") == 0)
		name = "max_delay";
	rc = buf_putf(b, ":%s=", name);
	return rc == 0 ? put_escaped(b, value, "\\':]", 2) : rc;
}

/* Options of a slave's connection; NULL: without. */
struct slave_numbers {
	const char *patience;
	int64_t patience_us;
	const char *mark;
	int mark_bytes;
};

static struct slave_numbers
find_numbers(const struct tee_member *m, unsigned index, bool modern)
{
	const struct ffmpeg_protocol *p = m->plan->protocol;
	const char *probe = m->conf->probe.url;

	return (struct slave_numbers){
		.patience = modern ? p->patience : NULL,
		.patience_us = m->conf->timing.start_timeout_ns / 1000,
		.mark = modern && probe && probe[0] ? p->mark : NULL,
		.mark_bytes = tee_mark(index),
	};
}

/* Puts the words "-flvflags x -f flv URL" as "[flvflags=x:f=flv]URL". */
static int
put_slave(struct buf *b, char *const *words, const struct slave_numbers *n)
{
	size_t last = words_count(words) - 1, i = 0;
	int rc = buf_puts(b, "[onfail=ignore");

	if (rc == 0 && n->patience)
		rc = buf_putf(b, ":%s=%" PRId64, n->patience, n->patience_us);
	if (rc == 0 && n->mark)
		rc = buf_putf(b, ":%s=%d", n->mark, n->mark_bytes);
	for (; rc == 0 && i + 1 < last; i += 2)
		rc = put_option(b, words[i] + 1, words[i + 1]);
	if (rc == 0)
		rc = buf_puts(b, "]");
	return rc == 0 ? put_escaped(b, words[last], "", 1) : rc;
}

static int
put_member(struct buf *b, const struct tee_member *m, unsigned index,
    const struct invocation *start)
{
	const struct slave_numbers numbers =
	    find_numbers(m, index, start->modern);
	const struct secret open = { .url = m->conf->address.url,
		.preset = "" };
	struct invocation own = *start;
	struct argv a = { 0 };
	char **words;
	size_t n;
	int rc;

	own.number = m->number;
	invocation_output(&a, m->plan, m->conf, &open, &own);
	words = argv_take(&a);
	n = words_count(words);
	if (n == 0)
		return ERR_NOMEM;
	/* -y is no option of a muxer; it stands before the URL. */
	if (n > 1 && strcmp(words[n - 2], "-y") == 0) {
		free(words[n - 2]);
		words[n - 2] = words[n - 1];
		words[n - 1] = NULL;
	}
	rc = put_slave(b, words, &numbers);
	words_free(words);
	return rc;
}

/* Returns the shortest segment of a member; 0: none has any. */
static int64_t
find_segment_ms(const struct tee_member *members, size_t count)
{
	int64_t least = 0, ms;
	size_t i;

	for (i = 0; i < count; i++) {
		ms = invocation_segment_ms(members[i].plan, members[i].conf);
		if (ms > 0 && (least == 0 || ms < least))
			least = ms;
	}
	return least;
}

/* Adds the muxer that is for all. */
static void
add_tee(struct argv *a, bool pictured)
{
	argv_options(a, pictured ? "-map 0:v -map 0:a" : "-map 0:a");
	/* Some muxers want the codec's set-up apart from the packets. */
	argv_options(a, "-flags +global_header -y");
	if (pictured)
		argv_options(a, "-max_interleave_delta 200000");
	argv_options(a, "-f tee -use_fifo 1 "
			"-fifo_options drop_pkts_on_overflow=1");
}

char **
tee_argv(const struct tee_member *members, size_t count,
    const struct conf_channel *channel, const struct invocation *start)
{
	struct invocation own = *start;
	struct argv a = { 0 };
	struct buf slaves;
	size_t i;
	int rc = 0;

	own.segment_ms = find_segment_ms(members, count);

	buf_init(&slaves, SLAVES_MAX);
	for (i = 0; i < count && rc == 0; i++) {
		if (i > 0)
			rc = buf_puts(&slaves, "|");
		if (rc == 0)
			rc = put_member(
			    &slaves, &members[i], (unsigned)i, start);
	}
	invocation_begin(&a, members[0].plan, members[0].conf, channel, &own);
	add_tee(&a, start->pictured);
	argv_add(
	    &a, "%.*s", (int)buf_len(&slaves), (const char *)buf_data(&slaves));
	buf_done(&slaves);
	a.failed |= rc < 0;
	return argv_take(&a);
}

/* ---- who may be in a group -------------------------------------------- */

static bool
is_alone(const struct conf_output *o)
{
	return o->address.url[0] == '\0' || o->address.listen ||
	       o->address.key_file[0] || o->address.key_env[0] ||
	       words_count(o->sound.variants) > 0 ||
	       words_count(o->extra_output_args) > 0;
}

/* Returns the key in which two members want different sound; NULL: in none. A
 * setting that is left out means what the first member of the group has. */
static const char *
find_difference(const struct conf_output *a, const struct plan *pa,
    const struct conf_output *b, const struct plan *pb)
{
	const struct {
		const char *key;
		bool same;
	} keys[] = {
		{ "channel", strcmp(a->channel, b->channel) == 0 },
		{ "video", a->picture == b->picture },
		{ "encoder", a->encoder == b->encoder },
		{ "preset", a->preset == b->preset },
		{ "codec", pa->codec == pb->codec &&
			       strcmp(pa->needs[LISTING_ENCODERS],
				   pb->needs[LISTING_ENCODERS]) == 0 },
		{ "bitrate", a->sound.bitrate == b->sound.bitrate },
		{ "rate", a->sound.rate_hz == b->sound.rate_hz },
		{ "channels", a->sound.channels == b->sound.channels },
		{ "latency", a->sound.latency == b->sound.latency },
		{ "ptime", a->sound.ptime_ns == b->sound.ptime_ns },
		{ "title", strcmp(a->title, b->title) == 0 },
		{ "url", pa->protocol->packets == pb->protocol->packets },
		{ "extra_input_args",
		    words_equal(a->extra_input_args, b->extra_input_args) },
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!keys[i].same)
			return keys[i].key;
	return NULL;
}

/* Compares output number `index` with the members before it: whoever comes to a
 * group must fit in. */
static int
check_member(const struct conf *c, size_t index, struct conf_error *e)
{
	const struct conf_output *o = conf_output_at(c, index), *other;
	const char *differs;
	struct plan mine, its;
	size_t i, n = 1;

	if (is_alone(o))
		return conf_blame(e, &o->block, "group",
		    "an output with url_file, url_command, key_file, key_env, "
		    "listen, variants or extra_output_args can't be in one");
	if (plan_make(o, "url", &mine, e) < 0)
		return ERR_INVALID;
	for (i = 0; i < index; i++) {
		other = conf_output_at(c, i);
		if (strcmp(other->group, o->group) != 0)
			continue;
		if (plan_make(other, "url", &its, e) < 0)
			return ERR_INVALID;
		differs = find_difference(o, &mine, other, &its);
		if (differs)
			return conf_blame(e, &o->block, "group",
			    "its members share an encoder, and \"%s\" is not "
			    "as in [output %s]: expected the same channel, "
			    "video, encoder, preset, codec, bitrate, rate, "
			    "channels, latency, ptime, title and "
			    "extra_input_args for all of them, and rtp:// for "
			    "none or for all",
			    differs, other->block.name);
		if (++n > TEE_MAX)
			return conf_blame(e, &o->block, "group",
			    "a group has at most %d members", TEE_MAX);
	}
	return 0;
}

int
tee_check(const struct conf *c, struct conf_error *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < c->outputs.count && rc == 0; i++)
		if (conf_output_at(c, i)->group[0])
			rc = check_member(c, i, e);
	return rc;
}

/* ---- what it says ----------------------------------------------------- */

bool
tee_lost(const char *message, unsigned *index, char *why, size_t size)
{
	const char *from, *to;
	int at = 0;

	if (sscanf(message, "Slave muxer #%u failed: %n", index, &at) != 1 ||
	    at == 0)
		return false;
	from = message + at;
	to = strstr(from, ", continuing with ");
	snprintf(
	    why, size, "%.*s", to ? (int)(to - from) : (int)strlen(from), from);
	return true;
}
