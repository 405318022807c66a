/* Random text of several scripts, for the tests of what works on texts. */
#ifndef TESTS_UNIT_SOME_TEXT_H
#define TESTS_UNIT_SOME_TEXT_H

#include "tests/unit/test.h"

#include "common/utf8.h"

static const char *const some_texts[] = {
	"请A023号到3号窗口。Please go to window 3. 3番窓口へどうぞ。",
	"Hello, Привет, мир! Ticket A-023, Dr. Müller's 3.5 km.",
	"مرحبا 5 hello world؟ שלום 12",
	"안녕하세요 VIP 3번 창구; नमस्ते दुनिया।",
	"e\xcc\x81 ΑΒΓ αβγ ς ß ẞ İ Ω 5 Ω",
	"😀 สวัสดี\r\n\tA0 B1\xc2\xa0 C-2",
	"本日閉店。ありがとう NO EXIT 禁止 iPhone15 Wi-Fi",
	"\x01\x7f",
};

/* Valid UTF-8, made of pieces of the above; at most `max` bytes, max >= 4. */
static inline size_t
some_text(struct rng *r, char *out, size_t max)
{
	const char *from;
	size_t len = 0, n, at, count, goal = rng_below(r, max);

	while (len < goal) {
		from = some_texts[rng_below(r, COUNT_OF(some_texts))];
		at =
		    utf8_offset(from, strlen(from), rng_below(r, strlen(from)));
		for (count = rng_below(r, 6) + 1; count > 0; count--) {
			n = utf8_decode(from + at, strlen(from + at), NULL);
			if (n == 0 || len + n > max)
				break;
			memcpy(out + len, from + at, n);
			len += n;
			at += n;
		}
		if (n > 0 && len + n > max)
			break;
	}
	return len;
}

static inline size_t
count_chars(const char *s, size_t len)
{
	size_t count = 0, i;

	for (i = 0; i < len; i++)
		count += ((uint8_t)s[i] & 0xc0) != 0x80;
	return count;
}

#endif
