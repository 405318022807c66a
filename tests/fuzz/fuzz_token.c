/* Any bytes as a line of the file of tokens: what is read is written as it was
 * read, and allows what it says. */
#include "tests/fuzz/fuzz.h"

#include "common/control/token.h"
#include "common/err.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = exact_copy(data, size);
	struct token first, again;
	const char *why = "";
	struct buf out;
	int rc = token_parse(line, size, &first, &why);

	free(line);
	MUST(rc == 0 || rc == ERR_END || (rc == ERR_INVALID && why[0]));
	if (rc < 0)
		return 0;
	buf_init(&out, 1 << 20);
	/* A time that has more than four digits for its year is cut. */
	if (first.until_ms < 0 || first.until_ms > INT64_C(253402300799999))
		first.until_ms = 0;
	MUST(token_write(&first, &out) == 0);
	MUST(token_parse((const char *)buf_data(&out), buf_len(&out) - 1,
		 &again, &why) == 0);
	MUST(strcmp(first.name, again.name) == 0);
	MUST(token_hash_is(&first, again.hash));
	MUST(token_allows_same(&first, &again));
	MUST(first.until_ms == again.until_ms);
	MUST(token_may_channel(&first, "hall") ==
	     token_may_channel(&again, "hall"));
	token_done(&first);
	token_done(&again);
	buf_done(&out);
	return 0;
}
