#include "streamer-supervisor/picture/director/remark.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/utf8.h"
#include "streamer-supervisor/painter/layout/uses.h"

static const char *const report_names[REPORT_COUNT] = {
#define X(name, text) [REPORT_##name] = text,
	REPORTS(X)
#undef X
};

/* Returns what is called so; REPORT_COUNT: nothing. */
static enum report
report_called(const char *name)
{
	size_t i = 0;

	while (i < REPORT_COUNT && strcmp(report_names[i], name) != 0)
		i++;
	return (enum report)i;
}

static void __attribute__((format(printf, 4, 5))) remark_set(struct remark *r,
    enum remark_kind kind, enum log_level level, const char *fmt, ...)
{
	char text[2 * REMARK_TEXT_MAX];
	va_list args;

	r->kind = kind;
	r->level = level;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	utf8_sanitise(r->text, sizeof(r->text), text, strlen(text));
}

static void
take_report(struct remark *r, const json_t *report)
{
	const char *trouble = body_string_or(report, "trouble", "");
	const char *mended = body_string_or(report, "mended", "");
	const char *glyphs = body_string_or(report, "glyphs", "");

	r->what = report_called(trouble[0] ? trouble : mended);
	if (json_object_get(report, "uses")) {
		r->kind = REMARK_USES;
		r->text[0] = '\0';
		r->uses = uses_from_json(json_object_get(report, "uses"));
	} else if (trouble[0] && r->what < REPORT_COUNT) {
		remark_set(r, REMARK_TROUBLE, LOG_WARNING,
		    "the %s cannot be shown, and the picture stays as it was: "
		    "%s",
		    trouble, body_string_or(report, "text", ""));
	} else if (mended[0] && r->what < REPORT_COUNT) {
		remark_set(r, REMARK_MENDED, LOG_INFO, "the %s is shown again",
		    mended);
	} else if (glyphs[0]) {
		remark_set(r, REMARK_OTHER, LOG_WARNING,
		    "no font that is installed has %s, which are shown as "
		    "boxes; the package %s has them",
		    glyphs, body_string_or(report, "package", ""));
	}
}

void
remark_read(struct remark *r, const char *line)
{
	json_t *report = NULL;

	*r = (struct remark){ .what = REPORT_COUNT };
	remark_set(r, REMARK_OTHER, LOG_INFO, "%s", line);
	if (line[0] == '{')
		body_parse(line, strlen(line), 0, &report, NULL);
	if (report)
		take_report(r, report);
	json_decref(report);
}
