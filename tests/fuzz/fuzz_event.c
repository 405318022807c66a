/* Any bytes as an event of Wyoming: the answer lies within them, holds what
 * it promises, and more bytes do not change it. */
#include "tests/fuzz/fuzz.h"

#include "common/err.h"
#include "common/net/wyoming.h"

static const struct wyoming_bounds bounds = { 4 << 20, 256 << 20 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size), *cut;
	struct wyoming_event e, again;
	long used, rc;
	size_t len, need;

	used = wyoming_parse(copy, size, &bounds, &e, &need);
	MUST(used <= (long)size);
	if (used > 0) {
		MUST(e.type && json_is_object(e.data));
		MUST(e.payload_len <= bounds.payload);
	} else {
		MUST(used == 0 || used == ERR_INVALID || used == ERR_TOO_LONG);
		MUST(used < 0 || need == 0 || need > size);
		MUST(e.root == NULL);
	}
	len = size ? (size * 7 + copy[size / 2]) % size : 0;
	cut = exact_copy(data, len);
	rc = wyoming_parse(cut, len, &bounds, &again, &need);
	MUST(rc == 0 || rc == used);
	wyoming_done(&again);
	wyoming_done(&e);
	free(cut);
	free(copy);
	return 0;
}
