/*
 * Any bytes as a layout: it is refused with file and line, or each of its
 * layers, filled with hostile texts, is XML again.
 */
#include "tests/fuzz/fuzz.h"

#include <expat.h>

#include "common/err.h"
#include "streamer-supervisor/painter/layout/layout.h"

static const char scene_line[] =
    "{\"id\":1,\"fields\":{\"a\":\"</text>\",\"b\":\"]]>&amp;<!--\","
    "\"ticket\":\"{b}\\u0001\\ufffe\\\"'\"},\"calls\":[{\"a\":\"<g>\"}],"
    "\"caption\":{\"text\":\"%{pts} \\ud83d\\ude00\",\"from\":1,\"to\":9},"
    "\"clock\":\"\",\"level\":-3}";

static void
must_be_xml(const struct buf *document)
{
	XML_Parser parser = XML_ParserCreate("UTF-8");

	MUST(parser != NULL);
	MUST(XML_Parse(parser, (const char *)buf_data(document),
		 (int)buf_len(document), 1) == XML_STATUS_OK);
	XML_ParserFree(parser);
}

static void
must_fill(const struct layout *l, const struct scene *scene)
{
	struct buf out;
	size_t i;
	int rc;

	for (i = 0; i < l->layer_count; i++) {
		buf_init(&out, 2 * LAYOUT_BYTES_MAX);
		rc = layout_fill(l, i, scene, &out);
		MUST(rc == 0 || rc == ERR_FULL);
		if (rc == 0 && buf_len(&out) > 0)
			must_be_xml(&out);
		buf_done(&out);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = exact_copy(data, size), why[LAYOUT_WHY_MAX] = "";
	char said[SCENE_WHY_MAX];
	struct layout layout;
	struct scene scene;
	int rc;

	MUST(scene_init(&scene) == 0);
	MUST(scene_take(&scene, scene_line, strlen(scene_line), said) == 0);
	rc = layout_read(&layout, "a.svg", copy, size, why);
	if (rc == 0) {
		layout_cut(&layout, &scene);
		MUST(layout.layer_count <= LAYOUT_LAYERS_MAX);
		must_fill(&layout, &scene);
		layout_done(&layout);
	} else {
		MUST(rc == ERR_INVALID);
		MUST(strncmp(why, "a.svg", 5) == 0);
	}
	scene_done(&scene);
	free(copy);
	return 0;
}
