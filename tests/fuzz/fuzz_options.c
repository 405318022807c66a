/* Any lines as the words of a daemon's command line: all are taken, or one is
 * complained of. */
#include "common/err.h"
#include "daemon/command_line.h"
#include "tests/fuzz/fuzz.h"

#define WORDS_MAX 200

/* Is `s` in one of the words? */
static bool
is_theirs(char *const *argv, int argc, const char *s)
{
	int i;

	for (i = 0; i < argc; i++)
		if (s >= argv[i] && s <= argv[i] + strlen(argv[i]))
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *argv[WORDS_MAX + 1], *at;
	struct command_line c;
	int argc = 0, rc;
	size_t i;

	MUST(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	argv[argc++] = "ttsd";
	for (at = strtok(text, "\n"); at && argc < WORDS_MAX;
	     at = strtok(NULL, "\n"))
		argv[argc++] = at;
	argv[argc] = NULL;
	rc = command_line_parse(argc, argv, &c);
	MUST(rc == 0 || rc == ERR_INVALID);
	MUST((rc == 0) == (c.error[0] == '\0'));
	MUST(memchr(c.error, '\0', sizeof(c.error)) != NULL);
	MUST(c.file == NULL || is_theirs(argv, argc, c.file));
	MUST(c.define_count < (size_t)argc);
	for (i = 0; i < c.define_count; i++)
		MUST(is_theirs(argv, argc, c.defines[i]));
	command_line_done(&c);
	free(text);
	return 0;
}
