/*
 * Two configurations, parted by a 0xff byte, as a reload compares them: blocks
 * are the same as themselves, and as their copies, and the order in which two
 * are compared does not count.
 */
#include "common/conf/conf.h"
#include "tests/fuzz/fuzz.h"

static bool
read_conf(struct conf *c, const uint8_t *data, size_t size)
{
	struct conf_error e = { "" };
	char *text = exact_copy(data, size);
	int rc;

	MUST(conf_init(c) == 0);
	rc = conf_parse(c, "f.conf", text, size, &e);
	if (rc == 0)
		rc = conf_finish(c, &e);
	free(text);
	return rc == 0;
}

static void
compare(const struct conf *a, const struct conf *b, bool copies)
{
	const struct conf_output *x, *y;
	size_t i, j;
	bool same;

	MUST(!copies || a->outputs.count == b->outputs.count);
	for (i = 0; i < a->outputs.count; i++) {
		x = conf_output_at(a, i);
		MUST(conf_same("output", x, x));
		MUST(!copies || conf_same("output", x, conf_output_at(b, i)));
		for (j = 0; j < b->outputs.count; j++) {
			y = conf_output_at(b, j);
			same = conf_same("output", x, y);
			MUST(same == conf_same("output", y, x));
			MUST(!same ||
			     strcmp(x->address.url, y->address.url) == 0);
		}
	}
	same = conf_same("streamer", &a->streamer, &b->streamer);
	MUST(same == conf_same("streamer", &b->streamer, &a->streamer));
	MUST(!copies || same);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, 0xff, size) : NULL;
	size_t len = end ? (size_t)(end - data) : size;
	struct conf a, copy, b;
	bool good = read_conf(&a, data, len);

	MUST(read_conf(&copy, data, len) == good);
	if (good)
		compare(&a, &copy, true);
	if (end) {
		if (read_conf(&b, end + 1, size - len - 1) && good)
			compare(&a, &b, false);
		conf_done(&b);
	}
	conf_done(&copy);
	conf_done(&a);
	return 0;
}
