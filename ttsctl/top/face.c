#include "ttsctl/top/face.h"

#include <limits.h>

#include "ttsctl/top/parts.h"

/* From all to what has to be seen. The first is taken that the terminal has
 * rows for. */
static const struct detail details[] = {
	{ UINT_MAX, FACE_QUEUE_MAX, true, true, true },
	{ 8, 10, true, true, true },
	{ 4, 6, true, true, true },
	{ 3, 4, true, true, true },
	{ 3, 2, true, true, true },
	{ 2, 1, true, true, true },
	{ 1, 1, true, false, true },
	{ 1, 0, true, false, true },
	{ 1, 0, false, false, true },
	{ 1, 0, false, false, false },
};
#define DETAILS (sizeof(details) / sizeof(details[0]))

static size_t
count_lines(const struct page *p)
{
	const uint8_t *text = buf_data(&p->text);
	size_t i, n = buf_len(&p->text), lines = 0;

	for (i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

static void
write_detail(struct page *p, const struct detail *d, const struct sight *s)
{
	face_write_head(p, s);
	if (s->ttsd.status)
		face_write_channels(p, d, s);
	if (s->streamer.status)
		face_write_outputs(p, d, s);
}

void
face_write(struct page *p, const struct sight *s)
{
	size_t i;

	for (i = 0; i < DETAILS; i++) {
		buf_consume(&p->text, buf_len(&p->text));
		write_detail(p, &details[i], s);
		if (p->columns == 0 || count_lines(p) <= p->rows)
			return;
	}
}
