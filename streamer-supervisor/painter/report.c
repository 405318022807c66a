#include "streamer-supervisor/painter/report.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "streamer-supervisor/painter/layout/uses.h"

#define TEXT_MAX 256

static const char *const report_names[REPORT_COUNT] = {
#define X(name, text) [REPORT_##name] = text,
	REPORTS(X)
#undef X
};

/* The trouble that was told and not mended; "": none. */
static char told[REPORT_COUNT][TEXT_MAX];
/* It was told that there is none. */
static bool is_well[REPORT_COUNT];

/* Writes a line in one go; consumes `line`. */
static void
line_write(json_t *line)
{
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;

	if (text)
		fprintf(stderr, "%s\n", text);
	free(text);
	json_decref(line);
}

void
report_trouble(enum report what, const char *text)
{
	char cut[TEXT_MAX];

	utf8_sanitise(cut, sizeof(cut), text, strlen(text));
	if (strcmp(told[what], cut) == 0)
		return;
	memcpy(told[what], cut, sizeof(cut));
	is_well[what] = false;
	line_write(json_pack(
	    "{s:s, s:s}", "trouble", report_names[what], "text", cut));
}

void
report_file_trouble(enum report what, const char *path, const char *text)
{
	char both[TEXT_MAX];

	snprintf(both, sizeof(both), "%.120s: %s", path, text);
	report_trouble(what, both);
}

void
report_mended(enum report what)
{
	if (is_well[what])
		return;
	is_well[what] = true;
	told[what][0] = '\0';
	line_write(json_pack("{s:s}", "mended", report_names[what]));
}

void
report_uses(unsigned uses)
{
	line_write(json_pack("{s:o*}", "uses", uses_to_json(uses)));
}

void
report_glyphs(const char *characters, const char *package)
{
	line_write(
	    json_pack("{s:s, s:s}", "glyphs", characters, "package", package));
}
