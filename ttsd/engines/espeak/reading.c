#include "ttsd/engines/espeak/reading.h"

#include <ctype.h>
#include <espeak-ng/speak_lib.h>
#include <string.h>

#include "common/utf8.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_io.h"

#define SAMPLE_BYTES 512
/* The library's own names of phonemes, in ASCII. */
#define PHONEME_MODE 0
/* The library writes this before what another voice speaks, as in "(en)". */
#define SWITCH '('

/* A script, and a word of it that every voice which knows the script reads.
 * Each character of Chinese and Japanese is a word: the two of a sample say
 * whether they sound different. */
struct script {
	const char *name;
	uint32_t first, last, first_too, last_too;
	bool lone; /* one character is a word */
	unsigned letters;
	const char *word;
};

static const struct script scripts[] = {
	{ "Greek", 0x370, 0x3ff, 0x1f00, 0x1fff, false, 5, "λόγος" },
	{ "Cyrillic", 0x400, 0x52f, 0x1c80, 0x1c8f, false, 5, "слово" },
	{ "Armenian", 0x531, 0x58a, 0, 0, false, 4, "մարդ" },
	{ "Hebrew", 0x5d0, 0x5f4, 0xfb1d, 0xfb4f, false, 4, "שלום" },
	{ "Arabic", 0x620, 0x65f, 0x66e, 0x6d3, false, 4, "سلام" },
	{ "Syriac", 0x710, 0x74f, 0, 0, false, 4, "ܫܠܡܐ" },
	{ "Thaana", 0x780, 0x7b1, 0, 0, false, 3, "ދިވެހި" },
	{ "N'Ko", 0x7ca, 0x7f5, 0, 0, false, 3, "ߒߞߏ" },
	{ "Devanagari", 0x900, 0x963, 0x970, 0x97f, false, 3, "नमक" },
	{ "Bengali", 0x980, 0x9e3, 0x9f0, 0x9f1, false, 3, "বাংলা" },
	{ "Gurmukhi", 0xa01, 0xa5e, 0xa70, 0xa76, false, 3, "ਪੰਜਾਬੀ" },
	{ "Gujarati", 0xa81, 0xae3, 0xaf9, 0xaff, false, 4, "ગુજરાતી" },
	{ "Oriya", 0xb01, 0xb63, 0, 0, false, 3, "ଓଡ଼ିଆ" },
	{ "Tamil", 0xb82, 0xbd7, 0, 0, false, 3, "தமிழ்" },
	{ "Telugu", 0xc00, 0xc63, 0, 0, false, 3, "తెలుగు" },
	{ "Kannada", 0xc80, 0xce3, 0, 0, false, 4, "ಕನ್ನಡ" },
	{ "Malayalam", 0xd00, 0xd63, 0, 0, false, 4, "മലയാളം" },
	{ "Sinhala", 0xd81, 0xddf, 0xdf2, 0xdf3, false, 3, "සිංහල" },
	{ "Thai", 0xe01, 0xe3a, 0xe40, 0xe4e, false, 3, "ภาษา" },
	{ "Lao", 0xe81, 0xecd, 0xedc, 0xedf, false, 3, "ພາສາ" },
	{ "Tibetan", 0xf40, 0xfbc, 0xf00, 0xf00, false, 2, "བོད" },
	{ "Burmese", 0x1000, 0x103f, 0x1050, 0x109f, false, 3, "မြန်မာ" },
	{ "Georgian", 0x10a0, 0x10ff, 0x1c90, 0x1cbf, false, 4, "კაცი" },
	{ "Korean", 0xac00, 0xd7a3, 0x1100, 0x11ff, false, 2, "사람" },
	{ "Ethiopic", 0x1200, 0x135f, 0x1380, 0x138f, false, 3, "ሰላም" },
	{ "Cherokee", 0x13a0, 0x13fd, 0xab70, 0xabbf, false, 3, "ᏣᎳᎩ" },
	{ "Khmer", 0x1780, 0x17d3, 0, 0, false, 3, "ភាសា" },
	{ "Mongolian", 0x1820, 0x18aa, 0, 0, false, 6, "ᠮᠣᠩᠭᠣᠯ" },
	{ "Tifinagh", 0x2d30, 0x2d67, 0, 0, false, 8, "ⵜⴰⵎⴰⵣⵉⵖⵜ" },
	{ "Japanese", 0x3041, 0x3096, 0x30a1, 0x30fa, true, 2, "まと" },
	{ "Japanese", 0x31f0, 0x31ff, 0xff66, 0xff9d, true, 2, "マト" },
	{ "Bopomofo", 0x3105, 0x312f, 0x31a0, 0x31bf, true, 2, "ㄅㄆ" },
	{ "Chinese", 0x3400, 0x9fff, 0x3005, 0x3005, true, 2, "人大" },
	{ "Chinese", 0xf900, 0xfaff, 0x20000, 0x3ffff, true, 2, "人大" },
	{ "Yi", 0xa000, 0xa48c, 0, 0, true, 2, "ꆈꌠ" },
	{ "Javanese", 0xa984, 0xa9c0, 0, 0, false, 2, "ꦗꦮ" },
};

#define SCRIPT_COUNT (sizeof(scripts) / sizeof(scripts[0]))

void
reading_phonemes(const char *text, char *out, size_t size)
{
	const void *rest = text;
	const char *clause;
	size_t used = 0, len;

	while (rest && used + 1 < size) {
		clause = espeak_TextToPhonemes(
		    &rest, espeakCHARS_UTF8, PHONEME_MODE);
		len = clause ? strlen(clause) : 0;
		if (len > size - 1 - used)
			len = size - 1 - used;
		if (len > 0)
			memcpy(out + used, clause, len);
		used += len;
	}
	out[used] = '\0';
}

static int
ask_for_mandarin(void *ctx)
{
	char said[SAMPLE_BYTES];

	if (espeak_SetVoiceByName(ctx) != EE_OK)
		return 0;
	reading_phonemes("请到三号窗口", said, sizeof(said));
	return said[0] != '\0' && strchr(said, SWITCH) == NULL;
}

bool
reading_is_mandarin(const char *id)
{
	char name[64];
	int rc, crash;

	if (strlen(id) >= sizeof(name))
		return false;
	strcpy(name, id);
	rc = io_isolate(ask_for_mandarin, name, &crash);
	if (rc == ERR_UNSUPPORTED)
		rc = ask_for_mandarin(name);
	return rc == 1;
}

/* Names of letters come one by one: each has a pause around it, or a stress
 * of its own. */
static bool
is_spelled(const char *said, unsigned letters)
{
	unsigned stresses = 0, pieces = 0, sounds = 0;
	bool inside = false;

	for (; *said; said++) {
		if (*said == '\'')
			stresses++;
		if (*said == ' ' || *said == '_' || *said == '\n')
			inside = false;
		if (!isalpha((unsigned char)*said) && *said != '@')
			continue;
		sounds++;
		if (!inside)
			pieces++;
		inside = true;
	}
	return sounds == 0 || stresses >= letters || pieces >= letters;
}

/* Does the voice tell two characters apart, and by itself? */
static bool
reads_characters(const char *sample)
{
	size_t first = utf8_offset(sample, strlen(sample), 1);
	char one[8], said[SAMPLE_BYTES], other[SAMPLE_BYTES];

	memcpy(one, sample, first);
	one[first] = '\0';
	reading_phonemes(one, said, sizeof(said));
	reading_phonemes(sample + first, other, sizeof(other));
	return strcmp(said, other) != 0 && strchr(said, SWITCH) == NULL &&
	       strchr(other, SWITCH) == NULL;
}

static bool
reads_script(const struct script *script)
{
	char said[SAMPLE_BYTES];

	if (script->lone)
		return reads_characters(script->word);
	reading_phonemes(script->word, said, sizeof(said));
	return !is_spelled(said, script->letters);
}

static const struct script *
script_of_letter(uint32_t c)
{
	size_t i;

	if (c < scripts[0].first)
		return NULL;
	for (i = 0; i < SCRIPT_COUNT; i++)
		if ((c >= scripts[i].first && c <= scripts[i].last) ||
		    (c >= scripts[i].first_too && c <= scripts[i].last_too))
			return &scripts[i];
	return NULL;
}

static int
refuse(const struct script *script)
{
	const espeak_VOICE *voice = espeak_GetCurrentVoice();

	return kit_fail(KIT_UNREADABLE,
	    "espeak: the voice '%s' cannot read %s characters; choose another "
	    "voice, or an engine that can ([language TAG] in the "
	    "configuration)",
	    voice && voice->identifier ? voice->identifier : "", script->name);
}

/* A letter alone has a name that may be meant, as in "gate Б". */
int
reading_check(const char *text, size_t len)
{
	const struct script *script, *last = NULL;
	bool known[SCRIPT_COUNT] = { false };
	uint32_t c;
	size_t n;

	for (; len > 0; text += n, len -= n, last = script) {
		n = utf8_decode(text, len, &c);
		script = script_of_letter(c);
		if (script == NULL || known[script - scripts] ||
		    (script != last && !script->lone))
			continue;
		if (!reads_script(script))
			return refuse(script);
		known[script - scripts] = true;
	}
	return 0;
}
