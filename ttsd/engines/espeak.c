/*
 * espeak-ng: more than a hundred languages, with exact marks.
 *
 * A job sounds bit for bit as `espeak-ng -v VOICE --stdout TEXT` does. The
 * library cannot promise that twice in one process: the noise generator, the
 * glottal phase, the flutter table and what earlier voices left behind all
 * live on, even across espeak_Terminate() (measured with 1.51). Hence
 * `isolate`: every job runs in a copy of the warm process.
 *
 * This file links a GPLv3 library; nothing else of ttsd does.
 */
#include <ctype.h>
#include <espeak-ng/speak_lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/utf8.h"
#include "ttsd/engines/kit/kit.h"

#define DEFAULT_VOICE "en"
/* The library copies names into 40 bytes; its variants get a prefix of 3. */
#define NAME_MAX_BYTES 39
#define VARIANT_MAX_BYTES 30
/* ms of sound per callback: the library's default, as its size can be heard
 * (Klatt and speeded-up voices work buffer by buffer). */
#define BUFFER_MS 0
#define DEFAULT_RATE_HZ 22050
/* What the espeak-ng program passes; [[phonemes]] are part of it. */
#define TEXT_FLAGS (espeakCHARS_AUTO | espeakPHONEMES | espeakENDPAUSE)

static json_t *voices;   /* [{"name","id","languages","gender"}] */
static json_t *variants; /* ["f3", …] */

/* The job that runs, as the callback sees it. */
static struct now {
	const char *text;
	size_t text_len;
	size_t at_char; /* where the reader of word positions stands */
	size_t at_byte;
	uint64_t samples; /* made so far */
	int rc;
} now;

/* SSML's <audio src> would have the library open any file on this machine,
 * and hand its name to a shell. 1: speak the text inside instead. */
static int
refuse_audio_files(int type, const char *uri, const char *base)
{
	(void)type;
	(void)uri;
	(void)base;
	return 1;
}

/* Voices. */

/* "\5en-gb\2en\0": a priority byte and a name, again and again. */
static json_t *
language_list(const char *p)
{
	json_t *list = json_array();

	for (; *p; p += strlen(p) + 1)
		json_array_append_new(list, json_string(p + 1));
	return list;
}

static json_t *
list_voices(void)
{
	static const char *const genders[] = { "none", "male", "female" };
	const espeak_VOICE **v = espeak_ListVoices(NULL);
	json_t *list = json_array();

	for (; v && *v; v++) {
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:o, s:s}", "name", (*v)->name,
			      "id", (*v)->identifier, "languages",
			      language_list((*v)->languages), "gender",
			      genders[(*v)->gender < 3 ? (*v)->gender : 0]));
	}
	return list;
}

static json_t *
list_variants(void)
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
string_of(size_t index, const char *key)
{
	return json_string_value(
	    json_object_get(json_array_get(voices, index), key));
}

/* The order in which the library itself prefers its matches: the whole name,
 * the identifier, the last part of the identifier (the last of several). */
static const char *
espeak_find_voice(const char *name)
{
	const char *by_id = NULL, *by_part = NULL, *id, *part;
	size_t i;

	for (i = 0; i < json_array_size(voices); i++) {
		id = string_of(i, "id");
		part = strrchr(id, '/');
		if (strcasecmp(name, string_of(i, "name")) == 0)
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
find_variant(const char *name)
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

/* The voice that reads Mandarin as Mandarin: of espeak-ng 1.51's two, `cmn`
 * speaks most of its own pinyin as the names of English letters. */
#define MANDARIN_VOICE "cmn-latn-pinyin"

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

/* Languages like "en-zz", and what is in no list (MBROLA voices): found by
 * the library's own search, as `espeak-ng -v` does. Names become parts of
 * paths there, and a few are words of its own. */
static int
set_by_search(const char *name)
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
set_base_and_variant(const char *base, const char *variant)
{
	char full[NAME_MAX_BYTES + VARIANT_MAX_BYTES + 2];
	const char *id =
	    is_mandarin(base) ? espeak_find_voice(MANDARIN_VOICE) : NULL;
	int rc;

	if (id == NULL)
		id = espeak_find_voice(base);
	if (id == NULL) {
		rc = set_by_search(base);
		if (rc < 0 || variant == NULL)
			return rc;
		id = espeak_GetCurrentVoice()->identifier;
	}
	/* The identifier is found without reading the whole folder again. */
	snprintf(full, sizeof(full), "%s%s%s", id, variant ? "+" : "",
	    variant ? variant : "");
	return espeak_SetVoiceByName(full) == EE_OK ? 0 : ERR_NOT_FOUND;
}

/* "NAME", "NAME+VARIANT" or "+VARIANT". */
static int
set_voice(const char *voice, const char *language)
{
	char base[NAME_MAX_BYTES + 1];
	size_t len = strcspn(voice, "+");
	const char *variant = NULL;

	if (len > NAME_MAX_BYTES)
		return ERR_NOT_FOUND;
	if (voice[len] == '+') {
		variant = find_variant(voice + len + 1);
		if (variant == NULL || strlen(variant) > VARIANT_MAX_BYTES)
			return ERR_NOT_FOUND;
	}
	snprintf(base, sizeof(base), "%.*s", (int)len, voice);
	if (len > 0)
		return set_base_and_variant(base, variant);
	if (language == NULL)
		return set_base_and_variant(DEFAULT_VOICE, variant);
	if (strlen(language) > NAME_MAX_BYTES || strchr(language, '+'))
		return ERR_NOT_FOUND;
	return set_base_and_variant(language, variant);
}

/* Marks. */

static bool
is_space(uint32_t c)
{
	return c <= ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
	       c == 0x3000;
}

/* Moves to a character of the text; positions are close to each other, so
 * long texts cost no more than short ones. */
static void
seek_char(size_t index)
{
	while (now.at_char > index) {
		do
			now.at_byte--;
		while ((now.text[now.at_byte] & 0xc0) == 0x80);
		now.at_char--;
	}
	while (now.at_char < index && now.at_byte < now.text_len) {
		now.at_byte += utf8_offset(now.text + now.at_byte, 4, 1);
		now.at_char++;
	}
}

static size_t
char_at(size_t byte, uint32_t *c)
{
	*c = 0;
	return utf8_decode(now.text + byte, now.text_len - byte, c);
}

/* Letters and digits of Latin, Greek and Cyrillic. */
static bool
is_word_char(uint32_t c)
{
	if (c < 0x80)
		return isalnum((int)c);
	if (c == 0xd7 || c == 0xf7 || c == 0x37e || c == 0x387)
		return false;
	return (c >= 0xc0 && c < 0x530) || (c >= 0x1e00 && c < 0x2000);
}

static bool
joins_words(uint32_t c)
{
	return c == '\'' || c == '-' || c == 0x2019 || c == 0x2010 ||
	       c == 0x2011;
}

/* Characters that belong to the word which the span broke off in: it has 31
 * at most, and stops at "don" in "don't" and at "well" in "well-known". */
static size_t
rest_of_word(size_t byte)
{
	size_t count = 0, n, more;
	uint32_t c, behind;

	for (;; byte += n, count++) {
		n = char_at(byte, &c);
		if (is_word_char(c))
			continue;
		more = n ? char_at(byte + n, &behind) : 0;
		if (more == 0 || !joins_words(c) || !is_word_char(behind))
			return count;
	}
}

/* The library counts from 1, and its spans may reach over blanks or over the
 * end of the text where one word is spoken as several ("3,5"). */
static int
say_word(uint64_t sample, int position, int length)
{
	size_t skipped = 0, end = 0, i, byte, n;
	uint32_t c, last = 0;

	if (position < 1 || length < 1)
		return 0;
	seek_char((size_t)position - 1);
	byte = now.at_byte;
	for (i = 0; i < (size_t)length; i++) {
		n = char_at(byte, &c);
		if (n == 0)
			break;
		byte += n;
		if (!is_space(c)) {
			end = i + 1;
			last = c;
		} else if (end == 0) {
			skipped++;
		}
	}
	if (end == 0)
		return 0;
	if (end == i && is_word_char(last))
		end += rest_of_word(byte);
	return kit_word(sample, now.at_char + skipped, end - skipped);
}

/* How a pause is written: the mouth closes. */
#define PAUSE "_"

/* 8 bytes without a terminator where all are needed; a name that did not fit
 * may end inside a character. A pause comes without a name, and a change of
 * language as one in parentheses: that is no sound. */
static int
say_phoneme(uint64_t sample, const char name[8])
{
	char ipa[9];
	size_t len = 0, n;

	memcpy(ipa, name, 8);
	ipa[8] = '\0';
	while ((n = utf8_decode(ipa + len, strlen(ipa + len), NULL)) > 0)
		len += n;
	ipa[len] = '\0';
	if (ipa[0] == '(')
		return 0;
	return kit_phoneme(sample, len > 0 ? ipa : PAUSE);
}

/* `sample` is exact (audio_position is its cut-down in ms) except where the
 * library speeds speech up afterwards, from 450 words a minute on: there it
 * may lie behind the sound of this call. */
static int
say_event(const espeak_EVENT *e, uint64_t end)
{
	uint64_t sample = e->sample > 0 ? (uint64_t)e->sample : 0;

	if (sample > end)
		sample = end;
	switch (e->type) {
	case espeakEVENT_WORD:
		return say_word(sample, e->text_position, e->length);
	case espeakEVENT_PHONEME:
		return say_phoneme(sample, e->id.string);
	case espeakEVENT_MARK:
		return kit_mark(sample, e->id.name);
	case espeakEVENT_SAMPLERATE: /* MBROLA voices have their own */
		if (kit_format((unsigned)e->id.number, 1) == 0)
			return 0;
		return kit_fail(KIT_FAILED,
		    "espeak: the voice changes the sample rate in mid-speech");
	default:
		return 0;
	}
}

static int
on_speech(short *wave, int count, espeak_EVENT *e)
{
	uint64_t n = wave && count > 0 ? (uint64_t)count : 0;

	for (; now.rc == 0 && e->type != espeakEVENT_LIST_TERMINATED; e++)
		now.rc = say_event(e, now.samples + n);
	now.samples += n;
	if (now.rc == 0 && n > 0)
		now.rc = kit_pcm(wave, (size_t)n);
	return now.rc < 0; /* 1 stops the synthesis */
}

/* The engine. */

static int
espeak_start(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		log_error("usage: espeak (no arguments)");
		return KIT_EXIT_USAGE;
	}
	if (espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, BUFFER_MS, NULL,
		espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA |
		    espeakINITIALIZE_DONT_EXIT) < 0) {
		log_error("espeak: cannot initialise; is espeak-ng-data "
			  "installed?");
		return KIT_EXIT_UNAVAILABLE;
	}
	espeak_SetSynthCallback(on_speech);
	espeak_SetUriCallback(refuse_audio_files);
	variants = list_variants();
	voices = list_voices();
	if (json_array_size(voices) == 0) {
		log_error("espeak: no voices; is espeak-ng-data installed?");
		return KIT_EXIT_UNAVAILABLE;
	}
	return 0;
}

static int
espeak_hello(json_t *h)
{
	json_object_set_new(h, "version", json_string(espeak_Info(NULL)));
	json_object_set(h, "voices", voices);
	return json_object_set(h, "variants", variants) < 0 ? ERR_NOMEM : 0;
}

static int
espeak_prepare(const struct kit_job *job)
{
	const char *voice = job->voice ? job->voice : "";
	const char *asked = job->voice ? job->voice : job->language;
	int rc = kit_format(DEFAULT_RATE_HZ, 1);

	if (rc < 0)
		return rc;
	if (set_voice(voice, job->language) == 0)
		return 0;
	return kit_fail(KIT_UNKNOWN_VOICE, "espeak has no voice '%s'",
	    asked ? asked : DEFAULT_VOICE);
}

/* A default is put back only after an earlier job in this process changed it
 * (which takes a system without copies of processes): the mere call makes
 * voices that have a speed of their own sound different. */
static void
set_number(espeak_PARAMETER which, int value)
{
	static bool changed[N_SPEECH_PARAM];

	if (value >= 0)
		espeak_SetParameter(which, value, 0);
	else if (changed[which])
		espeak_SetParameter(which, espeak_GetParameter(which, 0), 0);
	changed[which] = value >= 0;
}

static int
espeak_run(const struct kit_job *job)
{
	unsigned flags = TEXT_FLAGS | (job->ssml ? espeakSSML : 0);

	now = (struct now){ .text = job->text, .text_len = job->text_len };
	set_number(espeakRATE, job->rate);
	set_number(espeakPITCH, job->pitch);
	set_number(espeakVOLUME, job->volume);
	if (espeak_Synth(job->text, job->text_len + 1, 0, POS_CHARACTER, 0,
		flags, NULL, NULL) != EE_OK &&
	    now.rc == 0)
		return kit_fail(KIT_FAILED, "espeak: synthesis failed");
	return now.rc;
}

int
main(int argc, char **argv)
{
	static const struct kit_engine espeak = {
		.name = "espeak",
		.version = "",
		.isolate = true,
		.start = espeak_start,
		.hello = espeak_hello,
		.prepare = espeak_prepare,
		.run = espeak_run,
	};

	return kit_main(argc, argv, &espeak);
}
