/*
 * docs/CONFIG.md and docs/PROTOCOL.md against the tables of the program: what
 * is added, renamed or given another range must be documented. Runs in the
 * root of the source tree, as `make unit` does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf/engine_type.h"
#include "common/conf/schema.h"
#include "common/control/proto.h"
#include "daemon/metrics.h"
#include "gateway/api/api.h"
#include "gateway/wyoming/wyoming.h"
#include "platform/platform.h"
#include "streamer-supervisor/control/supervisor.h"
#include "streamer-supervisor/ffmpeg/preset.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "ttsctl/option.h"
#include "ttsd/air/event.h"
#include "ttsd/control/ttsd.h"
#include "ttsd/queue/announcement.h"

static char *
read_doc(const char *path)
{
	struct buf text;
	char *copy;

	buf_init(&text, 1 << 20);
	assert_int_equal(path_read(path, &text), 0);
	copy = strndup((const char *)buf_data(&text), buf_len(&text));
	buf_done(&text);
	return copy;
}

static void
expect(const char *text, const char *words)
{
	if (strstr(text, words) == NULL)
		fail_msg("not documented: %s", words);
}

/* The part of a document that belongs to one section. */
static char *
part_of(const char *doc, const char *heading)
{
	const char *start = strstr(doc, heading), *end;

	if (start == NULL) {
		fail_msg("no heading %s", heading);
		return NULL;
	}
	end = strstr(start + 4, "\n## ");
	return strndup(start, end ? (size_t)(end - start) : strlen(start));
}

static void
test_every_key(void **state)
{
	char *doc = read_doc("docs/CONFIG.md"), *part;
	const struct schema_section *sec;
	const struct schema_key *key;
	char heading[64], row[512], expected[256];

	(void)state;
	for (sec = schema; sec->name; sec++) {
		snprintf(heading, sizeof(heading), "## [%s%s]", sec->name,
		    sec->named ? " NAME" : "");
		part = part_of(doc, heading);
		for (key = sec->keys; key->name; key++) {
			schema_expected(key, expected, sizeof(expected));
			snprintf(row, sizeof(row), "| `%s` | %s%s| %s |",
			    key->name, key->initial, key->initial[0] ? " " : "",
			    expected);
			expect(part, row);
		}
		free(part);
	}
	free(doc);
}

/* "3.3, 5.5": up to 30 frames a second, and more. */
static void
put_rates(char *out, size_t size, size_t preset, struct conf_size size_of)
{
	struct conf_video v = { .size = size_of, .fps = 30 };
	double slow = (double)preset_bitrate((enum conf_preset)preset, &v);

	v.fps = 60;
	snprintf(out, size, "%g, %g", slow / 1e6,
	    (double)preset_bitrate((enum conf_preset)preset, &v) / 1e6);
}

static void
test_every_preset(void **state)
{
#define PRESET_NAME(preset, name) [PRESET_##preset] = name,
	static const char *const names[] = { CONF_PRESETS(PRESET_NAME) };
	const struct conf_size hd = { 1280, 720 }, full = { 1920, 1080 };
	char *doc = read_doc("docs/PICTURE.md"), row[256], small[32], large[32],
	     sound[32], most[32];
	const struct ffmpeg_preset *p;
	size_t i;

	(void)state;
	for (i = 0; i < PRESET_COUNT; i++) {
		p = &presets[i];
		put_rates(small, sizeof(small), i, hd);
		put_rates(large, sizeof(large), i, full);
		sound[0] = most[0] = '\0';
		if (p->sound_bps)
			snprintf(sound, sizeof(sound), " %d kbit/s",
			    (int)(p->sound_bps / 1000));
		if (p->largest.width)
			snprintf(most, sizeof(most), " %dx%d",
			    (int)p->largest.width, (int)p->largest.height);
		snprintf(row, sizeof(row),
		    "| `%s` | %s | %s | %s | %g s |%s |%s |", names[i], small,
		    large, p->constant ? "constant" : "a bound",
		    (double)p->key_frame_ms / 1000, sound, most);
		expect(doc, row);
	}
	free(doc);
}

/* The line of a document that holds `words`. */
static char *
line_of(const char *doc, const char *words)
{
	const char *at = strstr(doc, words);

	if (at == NULL) {
		fail_msg("not documented: %s", words);
		return NULL;
	}
	while (at > doc && at[-1] != '\n')
		at--;
	return strndup(at, strcspn(at, "\n"));
}

static void
test_every_engine_type(void **state)
{
	char *conf = read_doc("docs/CONFIG.md");
	char *engine = read_doc("docs/ENGINE.md");
	char *row = line_of(conf, "| `type` |");
	char *existing = line_of(conf, "exist without being named");
	const struct engine_type *type;
	char words[64];

	(void)state;
	for (type = engine_types; type->name; type++) {
		snprintf(words, sizeof(words), "`%s`: ", type->name);
		expect(row, words);
		snprintf(words, sizeof(words), "`%s`", type->name);
		assert_int_equal(strstr(existing, words) != NULL, type->exists);
		snprintf(words, sizeof(words), "\n## %s\n", type->name);
		expect(engine, words);
	}
	free(existing);
	free(row);
	free(engine);
	free(conf);
}

static void
test_every_operation(void **state)
{
	char *doc = read_doc("docs/PROTOCOL.md"), *line;
	const struct field *f;
	const struct op *op;
	char row[128];

	(void)state;
	for (op = ttsd_ops; op->name; op++) {
		snprintf(row, sizeof(row), "| `%s` | %s%s%s", op->name,
		    op->plain ? "`" : "", op->plain ? op->name : "",
		    op->plain ? "" : "|");
		expect(doc, row);
		line = strstr(doc, row);
		line = strndup(line, strcspn(line, "\n"));
		for (f = op->fields; f && f->name; f++) {
			snprintf(row, sizeof(row), "`%s`", f->name);
			expect(line, row);
		}
		free(line);
	}
	free(doc);
}

/* Ranges stand in requests, in frames and in the options of ttsctl. */
static void
test_every_speech_parameter(void **state)
{
	char *protocol = read_doc("docs/PROTOCOL.md");
	char *engine = read_doc("docs/ENGINE.md");
	char *man = read_doc("docs/man/ttsctl.1"), *option;
	const struct speech_parameter *p;
	char words[128], range[64];

	(void)state;
	for (p = speech_parameters; p->name; p++) {
		snprintf(words, sizeof(words), ".Cm %s ,\n", p->name);
		expect(man, words);
		snprintf(words, sizeof(words), "Fl -%s Ar", p->name);
		expect(man, words);
		if (p->is_text)
			continue;
		snprintf(range, sizeof(range), "%" PRId64 " to %" PRId64,
		    p->low, p->high);
		option = part_of(man, words);
		expect(option, "From ");
		assert_memory_equal(
		    strstr(option, "From ") + 5, range, strlen(range));
		free(option);
		snprintf(words, sizeof(words), "| `%s` | %s |", p->name, range);
		expect(engine, words);
		snprintf(words, sizeof(words), "`%s` (%s", p->name, range);
		expect(protocol, words);
	}
	free(man);
	free(engine);
	free(protocol);
}

static void
test_every_event_and_error(void **state)
{
	char *doc = read_doc("docs/PROTOCOL.md");
	char row[64];
	int i;

	(void)state;
	for (i = 0; i < EVENT_COUNT; i++) {
		snprintf(row, sizeof(row), "\n| `%s` |", event_names[i]);
		expect(doc, row);
	}
	for (i = PROTO_OK + 1; i <= PROTO_UNAVAILABLE; i++) {
		snprintf(row, sizeof(row), "\n| `%s` |",
		    proto_error_name((enum proto_error)i));
		expect(doc, row);
	}
	for (i = 0; i < OUTCOME_COUNT; i++) {
		snprintf(
		    row, sizeof(row), "`%s`", outcome_name((enum outcome)i));
		expect(doc, row);
	}
	for (i = 0; i < PRIORITY_COUNT; i++) {
		snprintf(row, sizeof(row), "`%s`", priority_names[i]);
		expect(doc, row);
	}
	free(doc);
}

static bool
is_of_ttsd(const char *name)
{
	const struct op *op = ttsd_ops;

	while (op->name && strcmp(op->name, name) != 0)
		op++;
	return op->name != NULL;
}

/* What both daemons understand alike, docs/PROTOCOL.md has. */
static void
test_every_operation_of_the_supervisor(void **state)
{
	char *doc = read_doc("docs/OUTPUTS.md");
	struct supervisor sv = { .conf.file = NULL };
	const char *const *event;
	const struct op *op;
	char words[64];

	(void)state;
	control_init(&sv);
	for (op = sv.api.ops; op->name; op++) {
		if (is_of_ttsd(op->name) && strcmp(op->name, "status") != 0)
			continue;
		snprintf(words, sizeof(words), "{\"op\":\"%s\"", op->name);
		expect(doc, words);
	}
	for (event = sv.api.events; *event; event++) {
		snprintf(words, sizeof(words), "\"event\":\"%s\"", *event);
		expect(doc, words);
	}
	free(doc);
}

/* A path has its row by its ending, which also says the codec. */
static void
test_every_protocol(void **state)
{
	char *doc = read_doc("docs/OUTPUTS.md");
	char *part = part_of(doc, "## What can be sent where"), *row;
	const struct ffmpeg_protocol *p;
	char words[64];
	unsigned i;

	(void)state;
	for (p = protocols; p->scheme; p++) {
		if (p->scheme[0] == '\0') {
			expect(part, p->suffix);
			continue;
		}
		snprintf(words, sizeof(words), "`%s://", p->scheme);
		expect(part, words);
		if (strcmp(p->scheme, "https") == 0)
			continue; /* in the rows of http */
		if (p->suffix)
			snprintf(words, sizeof(words), "name%s`", p->suffix);
		row = line_of(part, words);
		for (i = CODEC_AUTO + 1; i < CODEC_COUNT; i++) {
			snprintf(
			    words, sizeof(words), "`%s`", schema_codecs[i]);
			if (p->codecs & BIT(i))
				expect(row, words);
		}
		free(row);
	}
	free(part);
	free(doc);
}

static void
expect_metrics(const char *doc, const struct metric_group *g)
{
	const char *label;
	char labels[64], row[512];
	size_t i;

	for (; g->metrics; g++) {
		for (i = 0; i < g->count; i++) {
			label = g->metrics[i].label;
			snprintf(labels, sizeof(labels), "%s%s%s",
			    g->label ? g->label : "",
			    g->label && label ? ", " : "", label ? label : "");
			snprintf(row, sizeof(row), "\n| `%s` | %s | %s%s| %s |",
			    g->metrics[i].name,
			    metric_type_name(g->metrics[i].type), labels,
			    labels[0] ? " " : "", g->metrics[i].help);
			expect(doc, row);
		}
	}
}

static void
test_every_metric(void **state)
{
	char *doc = read_doc("docs/METRICS.md");

	(void)state;
	expect_metrics(doc, ttsd_metrics);
	expect_metrics(doc, supervisor_metrics);
	expect_metrics(doc, gateway_metrics);
	expect_metrics(doc, wyoming_metrics);
	free(doc);
}

/* Is `word` one of those after an ".It Cm" of a manual page? */
static bool
is_item(const char *man, const char *word)
{
	static const char item[] = "\n.It Cm";
	const char *at = man, *end;
	char words[64];

	snprintf(words, sizeof(words), " %s", word);
	while ((at = strstr(at, item)) != NULL) {
		at += sizeof(item) - 1;
		end = at + strcspn(at, "\n");
		for (; at < end; at += 1 + strcspn(at + 1, " \n"))
			if (strncmp(at, words, strlen(words)) == 0 &&
			    strchr(" \n", at[strlen(words)]))
				return true;
	}
	return false;
}

static void
test_every_command(void **state)
{
	char *man = read_doc("docs/man/ttsctl.1");
	const struct command *command;
	const struct ctl_option *o;
	char words[64];

	(void)state;
	for (command = commands; command->name; command++) {
		if (!is_item(man, command->name))
			fail_msg("not documented: %s", command->name);
		for (o = command->options; o && o->name; o++) {
			snprintf(words, sizeof(words), "Fl -%s", o->name);
			if (o->letter == 0)
				expect(man, words);
			snprintf(words, sizeof(words), "Fl %c", o->letter);
			if (o->letter)
				expect(man, words);
		}
	}
	free(man);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_every_preset),
		cmocka_unit_test(test_every_engine_type),
		cmocka_unit_test(test_every_operation),
		cmocka_unit_test(test_every_speech_parameter),
		cmocka_unit_test(test_every_event_and_error),
		cmocka_unit_test(test_every_operation_of_the_supervisor),
		cmocka_unit_test(test_every_protocol),
		cmocka_unit_test(test_every_metric),
		cmocka_unit_test(test_every_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
