/* Any bytes as an event of Wyoming: the answer lies within them, holds what
 * it promises, and more bytes do not change it. */
#include "tests/fuzz/fuzz.h"

#include "ttsd/engines/net/event.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size), *cut;
	struct event e, again;
	long used, rc;
	size_t len;

	used = event_parse(copy, size, &e);
	MUST(used <= (long)size);
	if (used > 0) {
		MUST(e.type && json_is_object(e.data));
		MUST(e.payload_len <= EVENT_PAYLOAD_MAX);
	} else {
		MUST(used == 0 || used == ERR_INVALID || used == ERR_TOO_LONG);
		MUST(e.root == NULL);
	}
	len = size ? (size * 7 + copy[size / 2]) % size : 0;
	cut = exact_copy(data, len);
	rc = event_parse(cut, len, &again);
	MUST(rc == 0 || rc == used);
	event_done(&again);
	event_done(&e);
	free(cut);
	free(copy);
	return 0;
}
