/*
 * Any bytes as lines of scenes: each is taken, or refused and changes nothing;
 * and whatever the texts are, a layout that is filled with them is XML, of the
 * same elements, and of bounded size.
 */
#include "tests/fuzz/fuzz.h"

#include <expat.h>

#include "common/err.h"
#include "common/picture/board.h"
#include "common/utf8.h"
#include "streamer-supervisor/painter/layout/layout.h"
#include "streamer-supervisor/painter/layout/page.h"

#define FIELDS 9
#define ELEMENTS_MAX 7

static const char layout_text[] =
    "<svg><text>{a} and {ticket}{caption}</text><text>{call.1.ticket}{clock}"
    "{level}</text><g id='mouth-aa'/><g id='if-ticket'><text>{b}{call.2.a}"
    "</text></g><g id='eyes-open'/></svg>";

static void
on_start(void *count, const char *name, const char **attributes)
{
	(void)name;
	(void)attributes;
	++*(size_t *)count;
}

static void
must_be_xml(const struct buf *document)
{
	XML_Parser parser = XML_ParserCreate("UTF-8");
	size_t elements = 0;

	MUST(parser != NULL);
	XML_SetUserData(parser, &elements);
	XML_SetElementHandler(parser, on_start, NULL);
	MUST(XML_Parse(parser, (const char *)buf_data(document),
		 (int)buf_len(document), 1) == XML_STATUS_OK);
	MUST(elements >= 1 && elements <= ELEMENTS_MAX);
	XML_ParserFree(parser);
}

static void
must_fill(const struct scene *scene)
{
	char why[LAYOUT_WHY_MAX];
	struct layout layout;
	struct buf out;

	MUST(layout_read(
		 &layout, "a.svg", layout_text, strlen(layout_text), why) == 0);
	layout_cut(&layout, scene);
	buf_init(&out, LAYOUT_BYTES_MAX);
	MUST(layout_fill_all(&layout, scene, &out) == 0);
	/* A character is six bytes at most: &quot; */
	MUST(
	    buf_len(&out) <= sizeof(layout_text) + FIELDS * BOARD_TEXT_MAX * 6);
	must_be_xml(&out);
	buf_done(&out);
	layout_done(&layout);
}

static void
must_have_a_page(const struct scene *scene)
{
	const char *text = scene_value(scene, "caption");
	struct page p = page_find(text, scene->from, scene->to);

	MUST(p.text >= text && p.text + p.len <= text + strlen(text));
	MUST(p.from <= p.to && p.to <= p.len);
	MUST(utf8_length(p.text, p.len) <= PAGE_CHARACTERS_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size, *next;
	char why[SCENE_WHY_MAX], *line;
	struct scene scene;
	json_int_t id;
	int rc;

	MUST(scene_init(&scene) == 0);
	for (; data < end; data = next + 1) {
		next = memchr(data, '\n', (size_t)(end - data));
		next = next ? next : end;
		line = exact_copy(data, (size_t)(next - data));
		id = scene.id;
		rc = scene_take(&scene, line, (size_t)(next - data), why);
		MUST(rc == 0 ||
		     (rc == ERR_INVALID && strlen(why) > 0 && scene.id == id));
		free(line);
	}
	must_fill(&scene);
	must_have_a_page(&scene);
	scene_done(&scene);
	return 0;
}
