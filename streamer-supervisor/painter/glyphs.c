#include "streamer-supervisor/painter/glyphs.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "streamer-supervisor/painter/report.h"

#define SCRIPTS_MAX 256
#define NAMED_MAX 8 /* characters in one report */

struct found {
	gunichar characters[NAMED_MAX];
	unsigned count;
};

static bool told[SCRIPTS_MAX];

static bool
is_emoji(gunichar c)
{
	return (c >= 0x1f000 && c < 0x20000) || (c >= 0x2600 && c < 0x27c0);
}

const char *
glyphs_package(gunichar c)
{
	if (is_emoji(c))
		return "fonts-noto-color-emoji";
	switch (g_unichar_get_script(c)) {
	case G_UNICODE_SCRIPT_HAN:
	case G_UNICODE_SCRIPT_HIRAGANA:
	case G_UNICODE_SCRIPT_KATAKANA:
	case G_UNICODE_SCRIPT_HANGUL:
	case G_UNICODE_SCRIPT_BOPOMOFO:
		return c < 0x20000 ? "fonts-wqy-microhei" : "fonts-noto-cjk";
	default:
		return "fonts-noto-core";
	}
}

static bool
has_been_told(gunichar c)
{
	int script = (int)g_unichar_get_script(c);

	return script >= 0 && script < SCRIPTS_MAX && told[script];
}

static void
found_add(struct found *f, gunichar c)
{
	unsigned i;

	if (has_been_told(c) || f->count == NAMED_MAX)
		return;
	for (i = 0; i < f->count; i++)
		if (f->characters[i] == c)
			return;
	f->characters[f->count++] = c;
}

static void
run_search(const PangoGlyphString *glyphs, struct found *f)
{
	PangoGlyph glyph;
	int i;

	for (i = 0; i < glyphs->num_glyphs; i++) {
		glyph = glyphs->glyphs[i].glyph;
		if (glyph != PANGO_GLYPH_EMPTY &&
		    (glyph & PANGO_GLYPH_UNKNOWN_FLAG))
			found_add(f, glyph & ~PANGO_GLYPH_UNKNOWN_FLAG);
	}
}

static void
layout_search(PangoLayout *layout, struct found *f)
{
	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	PangoLayoutRun *run;

	do {
		run = pango_layout_iter_get_run_readonly(iter);
		if (run)
			run_search(run->glyphs, f);
	} while (pango_layout_iter_next_run(iter));
	pango_layout_iter_free(iter);
}

/* Tells of the characters that are of one package with the first. */
static void
found_report(const struct found *f, const char *package)
{
	char list[NAMED_MAX * 10] = "";
	size_t len = 0;
	unsigned i;

	for (i = 0; i < f->count; i++) {
		if (has_been_told(f->characters[i]) ||
		    strcmp(glyphs_package(f->characters[i]), package) != 0)
			continue;
		len += (size_t)snprintf(list + len, sizeof(list) - len,
		    "%sU+%04X", len ? " " : "", f->characters[i]);
	}
	report_glyphs(list, package);
}

static void
found_mark(const struct found *f, const char *package)
{
	int script;
	unsigned i;

	for (i = 0; i < f->count; i++) {
		script = (int)g_unichar_get_script(f->characters[i]);
		if (script >= 0 && script < SCRIPTS_MAX &&
		    strcmp(glyphs_package(f->characters[i]), package) == 0)
			told[script] = true;
	}
}

void
glyphs_check(PangoLayout *layout)
{
	struct found f = { 0 };
	const char *package;
	unsigned i;

	if (pango_layout_get_unknown_glyphs_count(layout) == 0)
		return;
	layout_search(layout, &f);
	for (i = 0; i < f.count; i++) {
		if (has_been_told(f.characters[i]))
			continue;
		package = glyphs_package(f.characters[i]);
		found_report(&f, package);
		found_mark(&f, package);
	}
}

void
glyphs_check_text(PangoLayout *layout, const char *text)
{
	pango_layout_set_text(layout, text, -1);
	glyphs_check(layout);
}
