#include "ttsd/pool/voices.h"

#include <string.h>
#include <strings.h>

/* Compares `len` bytes of `wanted` with a whole string. */
static bool
same(const json_t *have, const char *wanted, size_t len)
{
	const char *s = json_string_value(have);

	return s && strlen(s) == len && strncasecmp(s, wanted, len) == 0;
}

static bool
speaks(const json_t *voice, const char *wanted, size_t len)
{
	const json_t *language;
	size_t i;

	json_array_foreach(json_object_get(voice, "languages"), i,
	    language) if (same(language, wanted, len)) return true;
	return false;
}

/* "gmw/en-US" is also known as "en-US". */
static bool
identified(const json_t *voice, const char *wanted, size_t len)
{
	const json_t *id = json_object_get(voice, "id");
	const char *slash =
	    strrchr(json_is_string(id) ? json_string_value(id) : "", '/');

	return same(id, wanted, len) ||
	       (slash && strlen(slash + 1) == len &&
		   strncasecmp(slash + 1, wanted, len) == 0);
}

static const json_t *
voices_find_voice(const json_t *hello, const char *wanted, size_t len)
{
	const json_t *voice;
	size_t i;

	json_array_foreach(json_object_get(hello, "voices"), i, voice)
	{
		if (same(json_object_get(voice, "name"), wanted, len) ||
		    identified(voice, wanted, len) ||
		    speaks(voice, wanted, len))
			return voice;
	}
	return NULL;
}

const char *
voices_language(const json_t *hello, const char *voice)
{
	const json_t *found =
	    voices_find_voice(hello, voice, strcspn(voice, "+"));
	const json_t *languages = json_object_get(found, "languages");

	return json_string_value(json_array_get(languages, 0));
}

static bool
has_variant(const json_t *hello, const char *wanted)
{
	const json_t *variant;
	size_t i;

	json_array_foreach(json_object_get(hello, "variants"), i,
	    variant) if (same(variant, wanted, strlen(wanted))) return true;
	return false;
}

/* Has the engine a voice for the language, or for its first part: en for
 * en-NZ? */
static bool
has_language(const json_t *hello, const char *wanted)
{
	const json_t *voice;
	size_t i, base = strcspn(wanted, "-_");

	json_array_foreach(json_object_get(hello, "voices"), i,
	    voice) if (speaks(voice, wanted, strlen(wanted)) ||
		       speaks(voice, wanted, base)) return true;
	return false;
}

bool
voices_have(const json_t *hello, const char *voice, const char *language)
{
	const char *plus = voice ? strchr(voice, '+') : NULL;

	if (json_is_true(json_object_get(hello, "any_voice")))
		return true;
	if (plus && !has_variant(hello, plus + 1))
		return false;
	if (voice && !voices_find_voice(hello, voice,
			 plus ? (size_t)(plus - voice) : strlen(voice)))
		return false;
	return language == NULL || has_language(hello, language);
}
