#include "ttsd/engines/net/answer.h"

#include <jansson.h>
#include <string.h>

#include "ttsd/engines/net/secret.h"

/* A text that is shorter may be found by chance. */
#define TEXT_MIN 4

static const char *
sentence_of(const json_t *root)
{
	static const char *const keys[] = { "error", "message", "detail" };
	const json_t *value;
	const char *s = NULL;
	size_t i;

	for (i = 0; s == NULL && i < sizeof(keys) / sizeof(keys[0]); i++) {
		value = json_object_get(root, keys[i]);
		/* FastAPI: [{"loc":…,"msg":…}] */
		if (json_is_array(value))
			value =
			    json_object_get(json_array_get(value, 0), "msg");
		if (json_is_object(value))
			value = json_object_get(value, "message");
		s = json_string_value(value);
	}
	return s;
}

bool
answer_repeats(const char *said, const char *text)
{
	return strlen(text) >= TEXT_MIN && strstr(said, text) != NULL;
}

void
answer_sentence(
    char *dst, size_t size, const void *body, size_t len, const char *text)
{
	json_t *root = json_loadb(len > 0 ? body : "", len, 0, NULL);
	const char *s = sentence_of(root);

	dst[0] = '\0';
	if (s && !answer_repeats(s, text))
		secret_mask(dst, size, s);
	json_decref(root);
}
