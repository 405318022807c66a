#include "ttsd/engines/espeak/voice.h"

#include <espeak-ng/speak_lib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/err.h"
#include "common/text/language.h"
#include "ttsd/engines/espeak/reading.h"

#define DEFAULT_VOICE "en"
/* The library copies names into 40 bytes; its variants get a prefix of 3. */
#define NAME_MAX_BYTES 39
#define VARIANT_MAX_BYTES 30

static json_t *voices;   /* [{"name","id","languages","gender"}] */
static json_t *variants; /* ["f3", …] */
/* The voice that speaks Mandarin; NULL: the one that the library finds by the
 * name. */
static const char *mandarin;

/* "\5en-gb\2en\0": a priority byte and a name, again and again. */
static json_t *
voice_languages(const char *p)
{
	json_t *list = json_array();

	for (; *p; p += strlen(p) + 1)
		json_array_append_new(list, json_string(p + 1));
	return list;
}

static json_t *
voice_read_list(void)
{
	static const char *const genders[] = { "none", "male", "female" };
	const espeak_VOICE **v = espeak_ListVoices(NULL);
	json_t *list = json_array();

	for (; v && *v; v++) {
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:o, s:s}", "name", (*v)->name,
			      "id", (*v)->identifier, "languages",
			      voice_languages((*v)->languages), "gender",
			      genders[(*v)->gender < 3 ? (*v)->gender : 0]));
	}
	return list;
}

static json_t *
voice_read_variants(void)
{
	espeak_VOICE wanted = { .languages = "variant" };
	const espeak_VOICE **v = espeak_ListVoices(&wanted);
	json_t *list = json_array();

	for (; v && *v; v++) {
		if (strncmp((*v)->identifier, "!v/", 3) == 0)
			json_array_append_new(
			    list, json_string((*v)->identifier + 3));
	}
	return list;
}

static const char *
voice_string(size_t index, const char *key)
{
	return json_string_value(
	    json_object_get(json_array_get(voices, index), key));
}

/* The order in which the library itself prefers its matches: the whole name,
 * the identifier, the last part of the identifier (the last of several). */
static const char *
voice_find(const char *name)
{
	const char *by_id = NULL, *by_part = NULL, *id, *part;
	size_t i;

	for (i = 0; i < json_array_size(voices); i++) {
		id = voice_string(i, "id");
		part = strrchr(id, '/');
		if (strcasecmp(name, voice_string(i, "name")) == 0)
			return id;
		if (strcasecmp(name, id) == 0)
			by_id = id;
		else if (part && strcasecmp(name, part + 1) == 0)
			by_part = id;
	}
	return by_id ? by_id : by_part;
}

/* The variant's own spelling: it is the name of a file. */
static const char *
voice_find_variant(const char *name)
{
	const char *found;
	size_t i;

	for (i = 0; i < json_array_size(variants); i++) {
		found = json_string_value(json_array_get(variants, i));
		if (strcasecmp(name, found) == 0)
			return found;
	}
	return NULL;
}

/* "cmn", "zh", "zh-CN"; not "zh-yue": a second part of three letters names
 * another Chinese language (the extlang of RFC 5646, 2.2.2). */
static bool
is_mandarin(const char *tag)
{
	size_t first = strcspn(tag, "-_"), second;

	if (!(first == 2 && strncasecmp(tag, "zh", 2) == 0) &&
	    !(first == 3 && strncasecmp(tag, "cmn", 3) == 0))
		return false;
	if (tag[first] == '\0')
		return true;
	tag += first + 1;
	second = strcspn(tag, "-_");
	return second != 3 || strncasecmp(tag, "cmn", 3) == 0;
}

enum match { MATCH_NONE, MATCH_LANGUAGE, MATCH_TAG };

static enum match
voice_match(size_t voice, const char *tag)
{
	const json_t *list =
	    json_object_get(json_array_get(voices, voice), "languages");
	char own[LANGUAGE_MAX + 1];
	enum match match = MATCH_NONE;
	const char *s;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		s = json_string_value(json_array_get(list, i));
		if (!language_normalise(own, s, strlen(s)))
			continue;
		if (strcmp(own, tag) == 0)
			return MATCH_TAG;
		if (language_is_same(own, tag))
			match = MATCH_LANGUAGE;
	}
	return match;
}

/* The library's own list of the languages of the voice that is set has no
 * end (1.51: those of an earlier voice may follow). */
bool
voice_speaks(const char *language)
{
	const espeak_VOICE *now = espeak_GetCurrentVoice();
	char tag[LANGUAGE_MAX + 1];
	enum match mine = MATCH_NONE, others = MATCH_NONE, match;
	const char *id;
	size_t i;

	if (now == NULL || now->identifier == NULL ||
	    !language_normalise(tag, language, strlen(language)))
		return false;
	for (i = 0; i < json_array_size(voices); i++) {
		id = voice_string(i, "id");
		match = voice_match(i, tag);
		if (strncmp(now->identifier, id, strlen(id)) == 0 &&
		    strchr("+", now->identifier[strlen(id)]))
			mine = match;
		else if (match > others)
			others = match;
	}
	return mine == MATCH_TAG ||
	       (mine == MATCH_LANGUAGE && others < MATCH_TAG);
}

/* Languages like "en-zz", and what is in no list (MBROLA voices): found by
 * the library's own search, as `espeak-ng -v` does. Names become parts of
 * paths there, and a few are words of its own. */
static int
voice_set_by_search(const char *name)
{
	espeak_VOICE wanted = { .languages = name };
	const espeak_VOICE *got;

	if (strstr(name, "..") || strchr("/!", name[0]) ||
	    strncasecmp(name, "all", 3) == 0 ||
	    strncasecmp(name, "variant", 7) == 0)
		return ERR_NOT_FOUND;
	if (espeak_SetVoiceByName(name) != EE_OK &&
	    espeak_SetVoiceByProperties(&wanted) != EE_OK)
		return ERR_NOT_FOUND;
	/* The name of a folder is taken for a voice without a name. */
	got = espeak_GetCurrentVoice();
	return got && got->name && got->name[0] ? 0 : ERR_NOT_FOUND;
}

static int
voice_set_base(const char *base, const char *variant)
{
	char full[NAME_MAX_BYTES + VARIANT_MAX_BYTES + 2];
	const char *id = is_mandarin(base) ? mandarin : NULL;
	int rc;

	if (id == NULL)
		id = voice_find(base);
	if (id == NULL) {
		rc = voice_set_by_search(base);
		if (rc < 0 || variant == NULL)
			return rc;
		id = espeak_GetCurrentVoice()->identifier;
	}
	/* The identifier is found without reading the whole folder again. */
	snprintf(full, sizeof(full), "%s%s%s", id, variant ? "+" : "",
	    variant ? variant : "");
	return espeak_SetVoiceByName(full) == EE_OK ? 0 : ERR_NOT_FOUND;
}

/* The library knows tags with hyphens, "de-DE"; systems write "de_DE". */
static int
voice_set_language(const char *language, const char *variant)
{
	char tag[NAME_MAX_BYTES + 1];
	char *at;

	if (strlen(language) > NAME_MAX_BYTES || strchr(language, '+'))
		return ERR_NOT_FOUND;
	strcpy(tag, language);
	while ((at = strchr(tag, '_')) != NULL)
		*at = '-';
	return voice_set_base(tag, variant);
}

int
voice_set(const char *voice, const char *language)
{
	char base[NAME_MAX_BYTES + 1];
	size_t len;
	const char *variant = NULL;

	if (voice == NULL)
		voice = "";
	len = strcspn(voice, "+");
	if (len > NAME_MAX_BYTES)
		return ERR_NOT_FOUND;
	if (voice[len] == '+') {
		variant = voice_find_variant(voice + len + 1);
		if (variant == NULL || strlen(variant) > VARIANT_MAX_BYTES)
			return ERR_NOT_FOUND;
	}
	snprintf(base, sizeof(base), "%.*s", (int)len, voice);
	if (len > 0)
		return voice_set_base(base, variant);
	if (language == NULL)
		return voice_set_base(DEFAULT_VOICE, variant);
	return voice_set_language(language, variant);
}

/* Chooses the voice that reads Chinese characters without switching to English
 * letters: `cmn` does in some versions of the library, in others (1.51) only
 * the voice that was made for pinyin. */
static void
voice_choose_mandarin(void)
{
	static const char *const names[] = { "cmn", "cmn-latn-pinyin" };
	size_t i;

	for (i = 0; mandarin == NULL && i < sizeof(names) / sizeof(*names);
	     i++) {
		mandarin = voice_find(names[i]);
		if (mandarin && !reading_is_mandarin(mandarin))
			mandarin = NULL;
	}
}

int
voice_init(void)
{
	variants = voice_read_variants();
	voices = voice_read_list();
	if (json_array_size(voices) == 0)
		return ERR_NOT_FOUND;
	voice_choose_mandarin();
	return 0;
}

int
voice_hello(json_t *hello)
{
	json_object_set(hello, "voices", voices);
	return json_object_set(hello, "variants", variants) < 0 ? ERR_NOMEM : 0;
}
