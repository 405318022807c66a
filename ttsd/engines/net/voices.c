#include "ttsd/engines/net/voices.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/net/wyoming.h"
#include "common/text/language.h"

/* All voices have to fit into one hello. */
#define VOICES_MAX 1000
#define NAME_MAX_BYTES 64
#define LANGUAGES_MAX 4
#define LANGUAGE_BYTES 16

/* "en_US" is "en-us" to us. False for what is no tag. */
static bool
language_of(const char *s, char tag[LANGUAGE_BYTES])
{
	size_t i;

	for (i = 0; isalnum((unsigned char)s[i]) || s[i] == '_' || s[i] == '-';
	     i++) {
		if (i == LANGUAGE_BYTES - 1)
			return false;
		tag[i] = s[i] == '_' ? '-' : (char)tolower((unsigned char)s[i]);
	}
	tag[i] = '\0';
	return i > 0 && s[i] == '\0';
}

static json_t *
languages_of(const json_t *voice)
{
	const json_t *list = json_object_get(voice, "languages");
	json_t *tags = json_array();
	char tag[LANGUAGE_BYTES];
	const char *s;
	size_t i;

	for (i = 0; i < json_array_size(list) && i < LANGUAGES_MAX; i++) {
		s = json_string_value(json_array_get(list, i));
		if (s && language_of(s, tag))
			json_array_append_new(tags, json_string(tag));
	}
	return tags;
}

/* Bytes that JSON would have to write as several have no place in a name. */
static bool
plain(const char *name)
{
	for (; *name; name++) {
		if ((unsigned char)*name < ' ' || strchr("\"\\\177", *name))
			return false;
	}
	return true;
}

static void
add(json_t *voices, const json_t *voice, const char *speaker)
{
	const char *name = json_string_value(json_object_get(voice, "name"));
	char full[NAME_MAX_BYTES + 1];
	int n;

	if (name == NULL || json_array_size(voices) >= VOICES_MAX)
		return;
	n = speaker ? snprintf(full, sizeof(full), "%s%c%s", name,
			  WYOMING_SPEAKER, speaker)
		    : snprintf(full, sizeof(full), "%s", name);
	if (n <= 0 || (size_t)n >= sizeof(full) || !plain(full))
		return;
	json_array_append_new(
	    voices, json_pack("{s:s, s:s, s:o, s:s}", "name", full, "id", full,
			"languages", languages_of(voice), "gender", "none"));
}

static void
add_with_speakers(json_t *voices, const json_t *voice)
{
	const json_t *speakers = json_object_get(voice, "speakers");
	const char *name;
	size_t i;

	add(voices, voice, NULL);
	for (i = 0; i < json_array_size(speakers); i++) {
		name = json_string_value(
		    json_object_get(json_array_get(speakers, i), "name"));
		if (name)
			add(voices, voice, name);
	}
}

void
voices_add(json_t *voices, const json_t *info)
{
	const json_t *programs = json_object_get(info, "tts"), *list;
	size_t i, k;

	for (i = 0; i < json_array_size(programs); i++) {
		list = json_object_get(json_array_get(programs, i), "voices");
		for (k = 0; k < json_array_size(list); k++)
			add_with_speakers(voices, json_array_get(list, k));
	}
}

/* Whether one of its languages begins with `len` bytes of the normal tag. */
static bool
speaks(const json_t *voice, const char *tag, size_t len)
{
	const json_t *list = json_object_get(voice, "languages");
	char have[LANGUAGE_MAX + 1];
	const char *s;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		s = json_string_value(json_array_get(list, i));
		if (language_normalise(have, s, strlen(s)) &&
		    strncmp(have, tag, len) == 0 &&
		    (have[len] == '\0' || have[len] == '-'))
			return true;
	}
	return false;
}

const char *
voices_find(const json_t *voices, const char *language)
{
	char tag[LANGUAGE_MAX + 1];
	size_t lengths[2], i, k;
	const json_t *voice;

	if (!language_normalise(tag, language, strlen(language)))
		return NULL;
	lengths[0] = strlen(tag);
	lengths[1] = strcspn(tag, "-");
	for (k = 0; k < 2; k++) {
		for (i = 0; i < json_array_size(voices); i++) {
			voice = json_array_get(voices, i);
			if (speaks(voice, tag, lengths[k]))
				return json_string_value(
				    json_object_get(voice, "name"));
		}
	}
	return NULL;
}
