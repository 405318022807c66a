#include "common/picture/y4m.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

#define MAGIC "YUV4MPEG2"
#define FRAME "FRAME"

size_t
y4m_frame_bytes(unsigned width, unsigned height)
{
	return (size_t)width * height * 3 / 2;
}

void
y4m_init(struct y4m *y, unsigned width, unsigned height)
{
	*y = (struct y4m){ .width = width, .height = height };
}

/* Finds the word of a line that begins with `tag`, the first word apart; NULL:
 * there is none. */
static const char *
find_word(const char *line, const char *tag)
{
	const char *at = strchr(line, ' ');

	while (at && strncmp(at + 1, tag, strlen(tag)) != 0)
		at = strchr(at + 1, ' ');
	return at ? at + 1 + strlen(tag) : NULL;
}

static bool
begins_with_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	return strncmp(line, word, len) == 0 &&
	       (line[len] == '\0' || line[len] == ' ');
}

/* 4:2:0 with 8 bits is the default; its variants differ in where the colour of
 * a pixel lies, which no eye sees here. */
static bool
is_420(const char *colour)
{
	static const char *const words[] = { "420", "420jpeg", "420mpeg2",
		"420paldv" };
	size_t len, i;

	if (colour == NULL)
		return true;
	len = strcspn(colour, " ");
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == len &&
		    strncmp(words[i], colour, len) == 0)
			return true;
	return false;
}

static int
refuse_size(struct y4m *y, const char *w, const char *h)
{
	const char *missing = "missing";

	w = w ? w : missing;
	h = h ? h : missing;
	snprintf(y->why, sizeof(y->why),
	    "its size is %.*sx%.*s; expected %ux%u", (int)strcspn(w, " "), w,
	    (int)strcspn(h, " "), h, y->width, y->height);
	return ERR_INVALID;
}

static int
take_header(struct y4m *y)
{
	const char *w = find_word(y->line, "W"), *h = find_word(y->line, "H");

	if (!begins_with_word(y->line, MAGIC)) {
		snprintf(y->why, sizeof(y->why),
		    "it is no Y4M: it does not begin with " MAGIC);
		return ERR_INVALID;
	}
	if (w == NULL || h == NULL || strtoul(w, NULL, 10) != y->width ||
	    strtoul(h, NULL, 10) != y->height)
		return refuse_size(y, w, h);
	if (!is_420(find_word(y->line, "C"))) {
		snprintf(y->why, sizeof(y->why),
		    "its pixels are %.16s; expected 420 with 8 bits "
		    "(ffmpeg: -pix_fmt yuv420p)",
		    find_word(y->line, "C"));
		return ERR_INVALID;
	}
	y->part = Y4M_FRAME_LINE;
	return 0;
}

/* Returns 1 when a frame is whole with that line. */
static int
take_line(struct y4m *y)
{
	if (y->part == Y4M_HEADER)
		return take_header(y);
	if (!begins_with_word(y->line, FRAME)) {
		snprintf(y->why, sizeof(y->why),
		    "a frame does not begin with " FRAME
		    ": the one before had another size");
		return ERR_INVALID;
	}
	if (y->are_apart)
		return 1;
	y->part = Y4M_PIXELS;
	y->filled = 0;
	return 0;
}

/* Takes bytes up to the end of the line. */
static int
feed_line(struct y4m *y, const uint8_t *data, size_t len, size_t *used)
{
	const uint8_t *end = memchr(data, '\n', len);
	size_t n = end ? (size_t)(end - data) : len;

	*used += n + (end ? 1 : 0);
	if (n >= sizeof(y->line) - y->length) {
		snprintf(y->why, sizeof(y->why),
		    "it is no Y4M: a line has more than %d bytes",
		    Y4M_LINE_MAX - 1);
		return ERR_INVALID;
	}
	memcpy(y->line + y->length, data, n);
	y->length += n;
	y->line[y->length] = '\0';
	if (end == NULL)
		return 0;
	y->length = 0;
	return take_line(y);
}

static void
feed_pixels(struct y4m *y, const uint8_t *data, size_t len, uint8_t *frame,
    size_t *used)
{
	size_t room = y4m_frame_bytes(y->width, y->height) - y->filled;
	size_t n = len < room ? len : room;

	memcpy(frame + y->filled, data, n);
	y->filled += n;
	*used += n;
}

int
y4m_feed(struct y4m *y, const uint8_t *data, size_t len, uint8_t *frame,
    size_t *used)
{
	int rc = 0;

	*used = 0;
	while (*used < len && rc == 0 && y->part != Y4M_PIXELS)
		rc = feed_line(y, data + *used, len - *used, used);
	if (rc < 0 || y->part != Y4M_PIXELS)
		return rc;
	feed_pixels(y, data + *used, len - *used, frame, used);
	if (y->filled < y4m_frame_bytes(y->width, y->height))
		return 0;
	y->part = Y4M_FRAME_LINE;
	return 1;
}

int64_t
y4m_parameter(const struct y4m *y, const char *name, int64_t otherwise)
{
	char tag[32];
	const char *at;

	snprintf(tag, sizeof(tag), "X%s=", name);
	at = find_word(y->line, tag);
	return at ? strtoll(at, NULL, 10) : otherwise;
}
