/*
 * Layouts: what is refused before it is drawn, and how they are cut. librsvg
 * takes 20 s or 1.7 GB for some files; what can be told from the text is
 * refused here, with the line it is in.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "streamer-supervisor/painter/layout/layout.h"
#include "streamer-supervisor/painter/layout/reference.h"
#include "streamer-supervisor/painter/layout/uses.h"

#define SVG "<svg xmlns='http://www.w3.org/2000/svg'>"

struct read {
	struct layout layout;
	struct scene scene;
	char why[LAYOUT_WHY_MAX];
};

static int
layout_of(struct read *r, const char *text)
{
	int rc;

	r->why[0] = '\0';
	assert_int_equal(scene_init(&r->scene), 0);
	rc = layout_read(&r->layout, "a.svg", text, strlen(text), r->why);
	if (rc < 0)
		scene_done(&r->scene);
	else
		layout_cut(&r->layout, &r->scene);
	return rc;
}

static void
read_done(struct read *r)
{
	layout_done(&r->layout);
	scene_done(&r->scene);
}

static void
refuses(const char *text, const char *why)
{
	struct read r;

	assert_int_equal(layout_of(&r, text), ERR_INVALID);
	if (strstr(r.why, why) == NULL)
		fail_msg("'%s' is not in '%s'", why, r.why);
}

static void
expect_layer(struct read *r, size_t layer, const char *document)
{
	struct buf b;

	buf_init(&b, LAYOUT_BYTES_MAX);
	assert_int_equal(layout_fill(&r->layout, layer, &r->scene, &b), 0);
	assert_int_equal(buf_put(&b, "", 1), 0);
	assert_string_equal((const char *)buf_data(&b), document);
	buf_done(&b);
}

static void
scene_is(struct read *r, const char *line)
{
	assert_int_equal(scene_take(&r->scene, line, strlen(line), r->why), 0);
}

static void
test_what_is_no_layout(void **state)
{
	(void)state;
	refuses("", "a.svg:1: ");
	refuses("<html/>", "its root is <html>");
	refuses("<svg>\n<g></svg>", "a.svg:2: mismatched tag");
	refuses("<svg>\n<text>{a", "a.svg:2: ");
	refuses("<svg><script/></svg>", "<script> has no place");
	refuses("<svg width='1e9'/>", "is more than");
	refuses("<svg viewBox='0 0 10 1e30'/>", "is more than");
	refuses("<svg xml:base='/'/>", "refers to itself");
}

static void
test_declarations_are_refused(void **state)
{
	struct read r;

	(void)state;
	refuses("<!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg>&a;</svg>",
	    "a.svg:1: a DOCTYPE may not declare");
	refuses("<svg>&a;</svg>", "undefined entity");
	assert_int_equal(
	    layout_of(&r, "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' "
			  "'http://www.w3.org/svg11.dtd'><svg/>"),
	    0);
	read_done(&r);
}

static void
test_elements_are_counted(void **state)
{
	size_t count = LAYOUT_ELEMENTS_MAX, i;
	char *text = malloc(count * 4 + 64), *s = text;
	struct read r;

	(void)state;
	assert_non_null(text);
	s += sprintf(s, "<svg>");
	for (i = 1; i < count; i++)
		s += sprintf(s, "<g/>");
	sprintf(s, "</svg>");
	assert_int_equal(layout_of(&r, text), 0);
	assert_int_equal(r.layout.layer_count, 1);
	read_done(&r);
	sprintf(s, "<g/></svg>");
	refuses(text, "more than 50000 elements");
	free(text);
}

static void
test_depth_is_bounded(void **state)
{
	char text[16 * LAYOUT_DEPTH_MAX] = "<svg>";
	int i;

	(void)state;
	for (i = 0; i < LAYOUT_DEPTH_MAX; i++)
		strcat(text, "<g>");
	refuses(text, "within each other");
}

static void
test_references(void **state)
{
	static const char *const allowed[] = { "#a", "logo.png", "a/b.JPG",
		"data:image/png;base64,AAAA", "with%20blank.png" };
	static const char *const refused[] = { "/etc/passwd", "../a.png",
		"file:///a.png", "http://h/a.png", "a.svg", "a.svg#b", "a",
		"%2e%2e/a.png", "data:image/svg+xml,<svg/>", "data:text/html,",
		"", "\\\\host\\a.png" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(allowed); i++)
		assert_true(reference_allowed("href", allowed[i]));
	for (i = 0; i < COUNT_OF(refused); i++)
		assert_false(reference_allowed("href", refused[i]));
	assert_true(reference_allowed("fill", "url(#a)"));
	assert_true(reference_allowed("style", "fill:url( '#a' );x:y"));
	assert_false(reference_allowed("fill", "url(b.svg#a)"));
	assert_false(reference_allowed("style", "a:url(#a);b:URL(x)"));
	assert_false(reference_style_allowed("@IMPORT 'a.css'"));
	refuses("<svg><style>@import 'x';</style></svg>", "a style sheet");
	refuses("<svg>\n\n<image xlink:href='/x.png'/></svg>", "a.svg:3: ");
}

/* What does not change is one layer, what does is one each. */
static void
test_layers(void **state)
{
	struct read r;

	(void)state;
	assert_int_equal(layout_of(&r, SVG "<defs><g id='d'/></defs><a/><b/>"
					   "<text>{x}</text><text>y {</text>"
					   "<g id='mouth-aa'/></svg>"),
	    0);
	assert_int_equal(r.layout.layer_count, 4);
	assert_false(r.layout.layers[0].changes);
	assert_true(r.layout.layers[1].changes);
	assert_false(r.layout.layers[2].changes);
	assert_true(r.layout.layers[3].changes);
	scene_is(&r, "{\"id\":1,\"fields\":{\"x\":\"<1>\"}}");
#define HEAD                                                           \
	"<svg xmlns=\"http://www.w3.org/2000/svg\"><defs><g id=\"d\">" \
	"</g></defs>"
	expect_layer(&r, 0, HEAD "<a></a><b></b></svg>");
	expect_layer(&r, 1, HEAD "<text>&lt;1&gt;</text></svg>");
	expect_layer(&r, 2, HEAD "<text>y {</text></svg>");
	expect_layer(&r, 3, "");
	scene_is(&r, "{\"id\":2,\"show\":{\"mouth\":\"aa\"}}");
	expect_layer(&r, 3, HEAD "<g id=\"mouth-aa\"></g></svg>");
	read_done(&r);
}

/* A caption's place was measured at the size that the file said, and the
 * caption was drawn outside of a smaller picture. */
static void
test_the_root_has_no_size_of_its_own(void **state)
{
	struct read r;

	(void)state;
	assert_int_equal(
	    layout_of(&r, "<svg width='64px' height='36'><a width='1'/></svg>"),
	    0);
	expect_layer(
	    &r, 0, "<svg viewBox=\"0 0 64 36\"><a width=\"1\"></a></svg>");
	read_done(&r);
	assert_int_equal(
	    layout_of(&r, "<svg width='9mm' viewBox='0 0 6 3'><a/></svg>"), 0);
	expect_layer(&r, 0, "<svg viewBox=\"0 0 6 3\"><a></a></svg>");
	read_done(&r);
}

/* A layer without what it refers to would show nothing in its place. */
static void
test_what_is_knotted_is_one_layer(void **state)
{
	struct read r;

	(void)state;
	assert_int_equal(layout_of(&r, "<svg><g id='a'/><text>{x}</text>"
				       "<use href='#a'/></svg>"),
	    0);
	assert_int_equal(r.layout.layer_count, 1);
	assert_true(r.layout.layers[0].changes);
	read_done(&r);
	assert_int_equal(layout_of(&r, "<svg><g id='a'/><g><path id='p'/>"
				       "<b fill='url(#p)' stroke='#fff'/></g>"
				       "<text>{x}</text></svg>"),
	    0);
	assert_int_equal(r.layout.layer_count, 2);
	read_done(&r);
}

static void
test_too_many_layers_are_joined(void **state)
{
	char text[64 * 32] = "<svg>";
	struct read r;
	int i;

	(void)state;
	for (i = 0; i < 64; i++)
		strcat(text, "<text>{a}</text>");
	strcat(text, "<g/></svg>");
	assert_int_equal(layout_of(&r, text), 0);
	assert_int_equal(r.layout.layer_count, LAYOUT_LAYERS_MAX);
	assert_true(r.layout.layers[LAYOUT_LAYERS_MAX - 1].changes);
	assert_int_equal(r.layout.layers[LAYOUT_LAYERS_MAX - 1].end, 65);
	read_done(&r);
}

/* A text that the parser hands over in pieces had its field cut. */
static void
test_a_field_after_an_entity(void **state)
{
	struct read r;

	(void)state;
	assert_int_equal(
	    layout_of(&r, "<svg><text>&lt;{&#120;}\n{x}</text></svg>"), 0);
	scene_is(&r, "{\"id\":1,\"fields\":{\"x\":\"1\"}}");
	expect_layer(&r, 0, "<svg><text>&lt;1 1</text></svg>");
	read_done(&r);
}

/* In a drawing program all mouths but one are hidden. */
static void
test_a_shape_hidden_by_its_author_is_shown(void **state)
{
	struct read r;

	(void)state;
	assert_int_equal(layout_of(&r, "<svg><g id='mouth-sil' display='none' "
				       "style='fill:red;display:none'/></svg>"),
	    0);
	expect_layer(&r, 0,
	    "<svg><g id=\"mouth-sil\" style=\"fill:red;            \">"
	    "</g></svg>");
	read_done(&r);
}

static void
test_random_changes(void **state)
{
	static const char text[] = SVG
	    "<defs><style>a{fill:url(#b)}</style></defs><text>{a} &amp;"
	    "</text><g id='if-a' style='display:none'/><use href='#b'/></svg>";
	struct rng rng = { 11 };
	uint8_t data[512];
	struct read r;
	size_t len;
	char *copy;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		memcpy(data, text, sizeof(text));
		len = mutate(&rng, data, sizeof(text) - 1, sizeof(data) - 1);
		data[len] = '\0';
		copy = exact_copy(data, len + 1);
		if (layout_of(&r, copy) == 0)
			read_done(&r);
		free(copy);
	}
}

/* A board was drawn afresh for each sound that its speaker made. */
static void
test_what_a_layout_uses(void **state)
{
	static const struct {
		const char *svg;
		unsigned uses;
	} rows[] = {
		{ SVG "<text>{ticket} {calls}</text></svg>", 0 },
		{ SVG "<text>a{b{clock}</text></svg>", USE_CLOCK },
		{ SVG "<text>{x} at {level} dB</text></svg>", USE_LEVEL },
		{ SVG "<g id='if-level'/></svg>", USE_LEVEL },
		{ SVG "<g><g id='if-caption'/></g></svg>", USE_CAPTION },
		{ SVG "<rect id='caption' width='9' height='9'/></svg>",
		    USE_CAPTION },
		{ SVG "<g id='mouth-aa'/><text>{clock}</text></svg>",
		    USE_FACE | USE_CLOCK },
		{ SVG "<g id='eyes-closed'/></svg>", USE_FACE },
	};
	struct read r;
	json_t *list;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(layout_of(&r, rows[i].svg), 0);
		assert_int_equal(uses_of_layout(&r.layout), rows[i].uses);
		list = uses_to_json(rows[i].uses);
		assert_int_equal(uses_from_json(list), rows[i].uses);
		json_decref(list);
		read_done(&r);
	}
	list = json_pack("[s, i, n]", "other", 7);
	assert_int_equal(uses_from_json(list), 0);
	assert_int_equal(uses_from_json(NULL), 0);
	json_decref(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_no_layout),
		cmocka_unit_test(test_declarations_are_refused),
		cmocka_unit_test(test_elements_are_counted),
		cmocka_unit_test(test_depth_is_bounded),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_the_root_has_no_size_of_its_own),
		cmocka_unit_test(test_what_is_knotted_is_one_layer),
		cmocka_unit_test(test_too_many_layers_are_joined),
		cmocka_unit_test(test_a_field_after_an_entity),
		cmocka_unit_test(test_a_shape_hidden_by_its_author_is_shown),
		cmocka_unit_test(test_random_changes),
		cmocka_unit_test(test_what_a_layout_uses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
