/* Any bytes as a WAV header: the answer lies within them, and more bytes do
 * not change an answer that was given. */
#include "tests/fuzz/fuzz.h"

#include "common/err.h"
#include "common/wav.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wav_format f, cut_format;
	uint8_t *copy = exact_copy(data, size);
	uint8_t *cut;
	int whole, rc;
	size_t len;

	whole = wav_parse(copy, size, &f);
	MUST(whole <= (int)size);
	if (whole > 0) {
		MUST(whole <= WAV_READER_MAX);
		MUST(whole >= 44 || f.rate_hz != 0);
		MUST(f.rate_hz && f.channels && f.bits);
		MUST(memcmp(copy + whole - 8, "data", 4) == 0);
	} else if (whole < 0) {
		MUST(whole == ERR_INVALID || whole == ERR_TOO_LONG);
	} else {
		MUST(size < WAV_READER_MAX);
	}
	len = size ? (size * 7 + copy[size / 2]) % size : 0;
	cut = exact_copy(data, len);
	rc = wav_parse(cut, len, &cut_format);
	MUST(rc == 0 || rc == whole);
	free(cut);
	free(copy);
	return 0;
}
