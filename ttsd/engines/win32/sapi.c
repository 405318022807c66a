/*
 * The speech API of Windows: whatever voices the system has.
 *
 * A voice speaks on a thread of its own into a stream of ours; the engine's
 * thread takes sound and events from there. Pitch is left as it is (the API
 * knows it only as markup).
 */
#define COBJMACROS
#define INITGUID
#include <windows.h>
/* After windows.h. */
#include <sapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text/language.h"
#include "platform/win32/utf16.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/win32/kit_win32.h"
#include "ttsd/engines/win32/sapi/sapi_stream.h"
#include "ttsd/engines/win32/sapi/sapi_text.h"

#define RATE_HZ 22050
#define SAMPLE_BYTES 2
#define CHUNK_SAMPLES 4096
/* Events are looked for so often while no sound comes. */
#define POLL_MS 20
#define VOLUME_MAX 100

DEFINE_GUID(FORMAT_WAVE, 0xc31adbae, 0x527f, 0x4ff5, 0xa2, 0x30, 0xf6, 0x2b,
    0xb6, 0x1f, 0xf7, 0x0c);

static ISpVoice *voice;
static json_t *voices; /* [{"name","id","languages","gender"}] */

/* ---- voices ----------------------------------------------------------- */

/* A string of a token, or "". To be released with free(). */
static char *
token_string(ISpDataKey *key, const wchar_t *name)
{
	wchar_t *wide = NULL;
	char *text = NULL;

	if (key && SUCCEEDED(ISpDataKey_GetStringValue(key, name, &wide)))
		text = utf8_dup(wide);
	CoTaskMemFree(wide);
	return text ? text : strdup("");
}

static json_t *
language_list(ISpDataKey *attributes)
{
	wchar_t locale[LOCALE_NAME_MAX_LENGTH], *wide = NULL;
	json_t *list = json_array();
	char *name;

	if (attributes &&
	    SUCCEEDED(
		ISpDataKey_GetStringValue(attributes, L"Language", &wide)) &&
	    LCIDToLocaleName((LCID)sapi_language(wide), locale,
		LOCALE_NAME_MAX_LENGTH, 0) > 0) {
		name = utf8_dup(locale);
		json_array_append_new(list, json_string(name ? name : ""));
		free(name);
	}
	CoTaskMemFree(wide);
	return list;
}

static void
add_voice(ISpObjectToken *token)
{
	ISpDataKey *attributes = NULL;
	wchar_t *wide_id = NULL;
	char *name, *id, *gender;

	ISpObjectToken_OpenKey(token, L"Attributes", &attributes);
	ISpObjectToken_GetId(token, &wide_id);
	id = utf8_dup(wide_id ? wide_id : L"");
	name = token_string(attributes, L"Name");
	gender = token_string(attributes, L"Gender");
	if (id && name && gender)
		json_array_append_new(voices,
		    json_pack("{s:s, s:s, s:o, s:s}", "name", name, "id", id,
			"languages", language_list(attributes), "gender",
			_stricmp(gender, "female") == 0 ? "female"
			: _stricmp(gender, "male") == 0 ? "male"
							: "none"));
	free(name);
	free(id);
	free(gender);
	CoTaskMemFree(wide_id);
	if (attributes)
		ISpDataKey_Release(attributes);
}

static void
list_voices(void)
{
	ISpObjectTokenCategory *category = NULL;
	IEnumSpObjectTokens *tokens = NULL;
	ISpObjectToken *token;

	voices = json_array();
	if (FAILED(CoCreateInstance(&CLSID_SpObjectTokenCategory, NULL,
		CLSCTX_ALL, &IID_ISpObjectTokenCategory, (void **)&category)))
		return;
	if (SUCCEEDED(
		ISpObjectTokenCategory_SetId(category, SPCAT_VOICES, FALSE)) &&
	    SUCCEEDED(ISpObjectTokenCategory_EnumTokens(
		category, NULL, NULL, &tokens))) {
		while (
		    IEnumSpObjectTokens_Next(tokens, 1, &token, NULL) == S_OK) {
			add_voice(token);
			ISpObjectToken_Release(token);
		}
		IEnumSpObjectTokens_Release(tokens);
	}
	ISpObjectTokenCategory_Release(category);
}

/* How well does a voice suit, by its name or else its language? 0: not at all.
 */
static unsigned
sapi_rank(const json_t *v, const char *name, const char *language)
{
	const json_t *languages = json_object_get(v, "languages");
	const char *has = name
			      ? json_string_value(json_object_get(v, "name"))
			      : json_string_value(json_array_get(languages, 0));
	char mine[LANGUAGE_MAX + 1], wanted[LANGUAGE_MAX + 1];

	if (has == NULL)
		return 0;
	if (name)
		return _stricmp(has, name) == 0;
	if (!language_normalise(mine, has, strlen(has)) ||
	    !language_normalise(wanted, language, strlen(language)))
		return 0;
	if (strncmp(mine, wanted, strlen(wanted)) == 0 &&
	    strchr("-", mine[strlen(wanted)]))
		return 2;
	return language_is_same(mine, wanted);
}

/* The identifier of a voice by name, or of the first of a language, of the same
 * country if there is one; NULL. */
static const char *
sapi_find_voice(const char *name, const char *language)
{
	const char *found = NULL;
	unsigned rank, best = 0;
	const json_t *v;
	size_t i;

	json_array_foreach(voices, i, v)
	{
		rank = sapi_rank(v, name, language);
		if (rank <= best)
			continue;
		best = rank;
		found = json_string_value(json_object_get(v, "id"));
	}
	return found;
}

static int
set_voice(const struct kit_job *job)
{
	const char *asked =
	    job->speech.voice ? job->speech.voice : job->speech.language;
	const char *id =
	    asked ? sapi_find_voice(job->speech.voice, job->speech.language)
		  : NULL;
	ISpObjectToken *token = NULL;
	wchar_t *wide;
	HRESULT hr = E_FAIL;

	if (asked == NULL)
		return SUCCEEDED(ISpVoice_SetVoice(voice, NULL))
			   ? 0
			   : kit_fail(KIT_UNKNOWN_VOICE,
				 "the speech API has no voice at all");
	wide = id ? utf16_dup(id) : NULL;
	if (wide && SUCCEEDED(CoCreateInstance(&CLSID_SpObjectToken, NULL,
			CLSCTX_ALL, &IID_ISpObjectToken, (void **)&token))) {
		hr = ISpObjectToken_SetId(token, NULL, wide, FALSE);
		if (SUCCEEDED(hr))
			hr = ISpVoice_SetVoice(voice, token);
		ISpObjectToken_Release(token);
	}
	free(wide);
	return SUCCEEDED(hr) ? 0
			     : kit_fail(KIT_UNKNOWN_VOICE,
				   "the speech API has no voice '%s'", asked);
}

/* ---- speaking --------------------------------------------------------- */

static int
say_event(const SPEVENT *e, const wchar_t *text)
{
	uint64_t sample = e->ullAudioStreamOffset / SAMPLE_BYTES;
	size_t at = (size_t)e->lParam, len = (size_t)e->wParam, from;
	char *name;
	int rc = 0;

	if (e->eEventId == SPEI_WORD_BOUNDARY && at + len <= wcslen(text)) {
		from = sapi_characters(text, at);
		rc = kit_word(
		    sample, from, sapi_characters(text, at + len) - from);
	} else if (e->eEventId == SPEI_TTS_BOOKMARK &&
		   e->elParamType == SPET_LPARAM_IS_STRING && e->lParam) {
		name = utf8_dup((const wchar_t *)e->lParam);
		rc = name ? kit_mark(sample, name) : ERR_NOMEM;
		free(name);
	}
	if (e->elParamType == SPET_LPARAM_IS_STRING ||
	    e->elParamType == SPET_LPARAM_IS_POINTER)
		CoTaskMemFree((void *)e->lParam);
	return rc;
}

static int
take_events(const wchar_t *text)
{
	SPEVENT e;
	ULONG n;
	int rc = 0;

	while (
	    rc == 0 && ISpVoice_GetEvents(voice, 1, &e, &n) == S_OK && n == 1)
		rc = say_event(&e, text);
	return rc;
}

/* Takes sound until the voice has said all and all was taken. */
static int
take_sound(IStream *sink, const wchar_t *text)
{
	HANDLE done = ISpVoice_SpeakCompleteEvent(voice);
	HANDLE set[] = { sapi_stream_event(sink), done, win32_input_event() };
	int16_t samples[CHUNK_SAMPLES];
	bool over = false;
	size_t n = 0;
	int rc = 0;

	while (rc == 0 && (n > 0 || !over)) {
		if (n == 0)
			WaitForMultipleObjects(3, set, FALSE, POLL_MS);
		over = WaitForSingleObject(done, 0) == WAIT_OBJECT_0;
		rc = take_events(text);
		n = sapi_stream_take(sink, samples, sizeof(samples)) /
		    SAMPLE_BYTES;
		if (rc == 0)
			rc = n > 0 ? kit_pcm(samples, n) : kit_wanted();
	}
	return rc;
}

static HRESULT
open_output(IStream *sink, ISpStream **out)
{
	WAVEFORMATEX format = { .wFormatTag = WAVE_FORMAT_PCM,
		.nChannels = 1,
		.nSamplesPerSec = RATE_HZ,
		.nAvgBytesPerSec = RATE_HZ * SAMPLE_BYTES,
		.nBlockAlign = SAMPLE_BYTES,
		.wBitsPerSample = 8 * SAMPLE_BYTES };
	HRESULT hr = CoCreateInstance(
	    &CLSID_SpStream, NULL, CLSCTX_ALL, &IID_ISpStream, (void **)out);

	if (SUCCEEDED(hr))
		hr = ISpStream_SetBaseStream(*out, sink, &FORMAT_WAVE, &format);
	if (SUCCEEDED(hr))
		hr = ISpVoice_SetOutput(voice, (IUnknown *)*out, FALSE);
	return hr;
}

static int
sapi_speak(const struct kit_job *job, IStream *sink, const wchar_t *text)
{
	DWORD flags = SPF_ASYNC | (job->ssml ? SPF_IS_XML | SPF_PARSE_SSML
					     : SPF_IS_NOT_XML);
	ISpStream *output = NULL;
	HRESULT hr = open_output(sink, &output);
	int rc;

	if (SUCCEEDED(hr))
		hr = ISpVoice_Speak(voice, text, flags, NULL);
	if (SUCCEEDED(hr))
		rc = take_sound(sink, text);
	else
		rc = kit_fail(KIT_FAILED, "the speech API failed: 0x%08lx",
		    (unsigned long)hr);
	sapi_stream_discard(sink);
	/* The rest of the text is not wanted any more. */
	ISpVoice_Speak(voice, NULL, SPF_PURGEBEFORESPEAK, NULL);
	ISpVoice_SetOutput(voice, NULL, FALSE);
	if (output)
		ISpStream_Release(output);
	return rc;
}

/* ---- the engine ------------------------------------------------------- */

static int
sapi_start(int argc, char **argv)
{
	ULONGLONG interest =
	    SPFEI(SPEI_WORD_BOUNDARY) | SPFEI(SPEI_TTS_BOOKMARK);
	HRESULT hr;

	(void)argv;
	if (argc > 1) {
		log_error("usage: sapi (no arguments)");
		return KIT_EXIT_USAGE;
	}
	hr = CoInitializeEx(NULL, COINIT_MULTITHREADED);
	if (SUCCEEDED(hr))
		hr = CoCreateInstance(&CLSID_SpVoice, NULL, CLSCTX_ALL,
		    &IID_ISpVoice, (void **)&voice);
	if (SUCCEEDED(hr))
		hr = ISpVoice_SetInterest(voice, interest, interest);
	if (FAILED(hr)) {
		log_error("sapi: this system has no speech API (0x%08lx)",
		    (unsigned long)hr);
		return KIT_EXIT_UNAVAILABLE;
	}
	list_voices();
	if (json_array_size(voices) == 0) {
		log_error("sapi: no voices; add one in Settings, Time and "
			  "language, Speech");
		return KIT_EXIT_UNAVAILABLE;
	}
	return 0;
}

static int
sapi_hello(json_t *h)
{
	return json_object_set(h, "voices", voices) < 0 ? ERR_NOMEM : 0;
}

static int
sapi_prepare(const struct kit_job *job)
{
	int rc = kit_format(RATE_HZ, 1);

	return rc < 0 ? rc : set_voice(job);
}

static int
sapi_run(const struct kit_job *job)
{
	int volume = job->speech.volume < 0 ? VOLUME_MAX : job->speech.volume;
	wchar_t *text = utf16_dup(job->text);
	IStream *sink = sapi_stream_new();
	int rc = ERR_NOMEM;

	ISpVoice_SetRate(voice, sapi_rate(job->speech.rate));
	ISpVoice_SetVolume(
	    voice, (USHORT)(volume > VOLUME_MAX ? VOLUME_MAX : volume));
	if (text && sink)
		rc = sapi_speak(job, sink, text);
	if (sink)
		IStream_Release(sink);
	free(text);
	return rc;
}

int
main(int argc, char **argv)
{
	static const struct kit_engine sapi = {
		.name = "sapi",
		.version = "5",
		.start = sapi_start,
		.hello = sapi_hello,
		.prepare = sapi_prepare,
		.run = sapi_run,
	};

	return kit_main(argc, argv, &sapi);
}
