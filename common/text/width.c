#include "common/text/width.h"

#include <stdbool.h>

#include "common/text/width_table.h"
#include "common/utf8.h"

static bool
is_among(const struct width_range *ranges, size_t count, uint32_t cp)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (cp > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && cp >= ranges[low].first;
}

unsigned
width_of(uint32_t cp)
{
	if (is_among(no_width_ranges, no_width_range_count, cp))
		return 0;
	return is_among(wide_ranges, wide_range_count, cp) ? 2 : 1;
}

size_t
width_fit(const char *text, size_t len, size_t columns)
{
	size_t at = 0, n, sum = 0;
	uint32_t cp;

	while (at < len && (n = utf8_decode(text + at, len - at, &cp)) > 0) {
		sum += width_of(cp);
		if (sum > columns)
			break;
		at += n;
	}
	return at;
}

size_t
width_text(const char *text, size_t len)
{
	size_t at, n, sum = 0;
	uint32_t cp;

	for (at = 0; at < len; at += n) {
		n = utf8_decode(text + at, len - at, &cp);
		if (n == 0)
			break;
		sum += width_of(cp);
	}
	return sum;
}
