#include "ttsd/text/script_languages.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static const char *const own_language[] = {
	[SCRIPT_NONE] = "en",
#define X(name, code, language) [SCRIPT_##name] = language,
	SCRIPTS(X)
#undef X
	    [SCRIPT_HAN_UNDECIDED] = "cmn",
};

struct word_script {
	const char *word;
	enum script script;
};

static const struct word_script script_codes[] = {
#define X(name, code, language) { code, SCRIPT_##name },
	SCRIPTS(X)
#undef X
	    { "hans", SCRIPT_HAN },
	{ "hant", SCRIPT_HAN },
	{ "hang", SCRIPT_HANGUL },
	{ "hira", SCRIPT_KANA },
	{ "kana", SCRIPT_KANA },
	{ NULL, SCRIPT_NONE },
};

/* Languages that are not written in Latin, unless their tag says so. */
static const struct word_script language_scripts[] = {
	{ "am", SCRIPT_ETHIOPIC },
	{ "ar", SCRIPT_ARABIC },
	{ "as", SCRIPT_BENGALI },
	{ "ba", SCRIPT_CYRILLIC },
	{ "be", SCRIPT_CYRILLIC },
	{ "bg", SCRIPT_CYRILLIC },
	{ "bho", SCRIPT_DEVANAGARI },
	{ "bn", SCRIPT_BENGALI },
	{ "bo", SCRIPT_TIBETAN },
	{ "bpy", SCRIPT_BENGALI },
	{ "ce", SCRIPT_CYRILLIC },
	{ "chr", SCRIPT_CHEROKEE },
	{ "ckb", SCRIPT_ARABIC },
	{ "cmn", SCRIPT_HAN },
	{ "cv", SCRIPT_CYRILLIC },
	{ "dv", SCRIPT_THAANA },
	{ "dz", SCRIPT_TIBETAN },
	{ "el", SCRIPT_GREEK },
	{ "fa", SCRIPT_ARABIC },
	{ "grc", SCRIPT_GREEK },
	{ "gu", SCRIPT_GUJARATI },
	{ "hak", SCRIPT_HAN },
	{ "he", SCRIPT_HEBREW },
	{ "hi", SCRIPT_DEVANAGARI },
	{ "hy", SCRIPT_ARMENIAN },
	{ "hyw", SCRIPT_ARMENIAN },
	{ "iw", SCRIPT_HEBREW },
	{ "ja", SCRIPT_KANA },
	{ "ka", SCRIPT_GEORGIAN },
	{ "kk", SCRIPT_CYRILLIC },
	{ "km", SCRIPT_KHMER },
	{ "kn", SCRIPT_KANNADA },
	{ "ko", SCRIPT_HANGUL },
	{ "kok", SCRIPT_DEVANAGARI },
	{ "ky", SCRIPT_CYRILLIC },
	{ "lo", SCRIPT_LAO },
	{ "mai", SCRIPT_DEVANAGARI },
	{ "mk", SCRIPT_CYRILLIC },
	{ "ml", SCRIPT_MALAYALAM },
	{ "mn", SCRIPT_CYRILLIC },
	{ "mr", SCRIPT_DEVANAGARI },
	{ "my", SCRIPT_MYANMAR },
	{ "nan", SCRIPT_HAN },
	{ "ne", SCRIPT_DEVANAGARI },
	{ "nog", SCRIPT_CYRILLIC },
	{ "or", SCRIPT_ORIYA },
	{ "os", SCRIPT_CYRILLIC },
	{ "pa", SCRIPT_GURMUKHI },
	{ "ps", SCRIPT_ARABIC },
	{ "ru", SCRIPT_CYRILLIC },
	{ "sa", SCRIPT_DEVANAGARI },
	{ "sah", SCRIPT_CYRILLIC },
	{ "sd", SCRIPT_ARABIC },
	{ "shn", SCRIPT_MYANMAR },
	{ "si", SCRIPT_SINHALA },
	{ "sr", SCRIPT_CYRILLIC },
	{ "ta", SCRIPT_TAMIL },
	{ "te", SCRIPT_TELUGU },
	{ "tg", SCRIPT_CYRILLIC },
	{ "th", SCRIPT_THAI },
	{ "ti", SCRIPT_ETHIOPIC },
	{ "tt", SCRIPT_CYRILLIC },
	{ "ug", SCRIPT_ARABIC },
	{ "uk", SCRIPT_CYRILLIC },
	{ "ur", SCRIPT_ARABIC },
	{ "wuu", SCRIPT_HAN },
	{ "yi", SCRIPT_HEBREW },
	{ "yue", SCRIPT_HAN },
	{ "zh", SCRIPT_HAN },
	{ NULL, SCRIPT_NONE },
};

static enum script
find_word(const struct word_script *table, const char *word, size_t len)
{
	size_t i;

	for (; table->word; table++) {
		for (i = 0; i < len &&
			    table->word[i] == tolower((unsigned char)word[i]);
		     i++)
			;
		if (i == len && table->word[len] == '\0')
			return table->script;
	}
	return SCRIPT_NONE;
}

/* Returns the script that a language is written in: "ru" is Cyrillic, "sr-latn"
 * Latin, "zh-Hant-TW" Han, and an unknown one counts as Latin. */
static enum script
script_of_tag(const char *tag)
{
	size_t len = strcspn(tag, "-_"), part_len;
	enum script script = find_word(language_scripts, tag, len);
	const char *part = tag + len;
	enum script named;

	while (*part) {
		part++;
		part_len = strcspn(part, "-_");
		named = find_word(script_codes, part, part_len);
		if (named != SCRIPT_NONE)
			return named;
		part += part_len;
	}
	return script != SCRIPT_NONE ? script : SCRIPT_LATIN;
}

static void
prefer(struct script_languages *v, bool *taken, unsigned index, const char *tag)
{
	if (taken[index])
		return;
	taken[index] = true;
	strcpy(v->of[index], tag);
}

void
script_languages_choose(struct script_languages *v, const char *languages)
{
	char tag[LANGUAGE_MAX + 1];
	bool taken[SCRIPT_LANGUAGES] = { false };
	const char *p = languages ? languages : "";
	enum script script;
	unsigned i;
	size_t len;

	for (i = 0; i < SCRIPT_LANGUAGES; i++)
		strcpy(v->of[i], own_language[i]);
	for (;; p += len) {
		p += strspn(p, ", \t");
		len = strcspn(p, ", \t");
		if (len == 0)
			return;
		if (len > LANGUAGE_MAX)
			continue;
		memcpy(tag, p, len);
		tag[len] = '\0';
		script = script_of_tag(tag);
		prefer(v, taken, SCRIPT_NONE, tag);
		prefer(v, taken, script, tag);
		if (script == SCRIPT_HAN)
			prefer(v, taken, SCRIPT_BOPOMOFO, tag);
		if (script == SCRIPT_HAN || script == SCRIPT_KANA)
			prefer(v, taken, SCRIPT_HAN_UNDECIDED, tag);
	}
}
