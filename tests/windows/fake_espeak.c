/* A libespeak-ng.dll for tests: one voice, and a tenth of a second of a
 * square wave, with one word, for every text. */
#include <espeak-ng/speak_lib.h>
#include <stddef.h>

#define SAMPLES 2205

static t_espeak_callback *callback;
static espeak_VOICE voice = {
	.name = "fake", .languages = "\5en\0", .identifier = "fake/en"
};

int
espeak_Initialize(
    espeak_AUDIO_OUTPUT output, int buflength, const char *path, int options)
{
	(void)output;
	(void)buflength;
	(void)path;
	(void)options;
	return 22050;
}

void
espeak_SetSynthCallback(t_espeak_callback *fn)
{
	callback = fn;
}

void
espeak_SetUriCallback(int (*fn)(int, const char *, const char *))
{
	(void)fn;
}

espeak_ERROR
espeak_Synth(const void *text, size_t size, unsigned int position,
    espeak_POSITION_TYPE position_type, unsigned int end_position,
    unsigned int flags, unsigned int *identifier, void *user_data)
{
	espeak_EVENT events[] = {
		{ .type = espeakEVENT_WORD, .text_position = 1, .length = 2 },
		{ .type = espeakEVENT_LIST_TERMINATED }
	};
	short wave[SAMPLES];
	int i;

	(void)text;
	(void)size;
	(void)position;
	(void)position_type;
	(void)end_position;
	(void)flags;
	(void)identifier;
	(void)user_data;
	for (i = 0; i < SAMPLES; i++)
		wave[i] = i % 100 < 50 ? 8000 : -8000;
	callback(wave, SAMPLES, events);
	return EE_OK;
}

espeak_ERROR
espeak_SetParameter(espeak_PARAMETER parameter, int value, int relative)
{
	(void)parameter;
	(void)value;
	(void)relative;
	return EE_OK;
}

int
espeak_GetParameter(espeak_PARAMETER parameter, int current)
{
	(void)parameter;
	(void)current;
	return 0;
}

espeak_ERROR
espeak_SetVoiceByName(const char *name)
{
	(void)name;
	return EE_OK;
}

espeak_ERROR
espeak_SetVoiceByProperties(espeak_VOICE *spec)
{
	(void)spec;
	return EE_NOT_FOUND;
}

espeak_VOICE *
espeak_GetCurrentVoice(void)
{
	return &voice;
}

const espeak_VOICE **
espeak_ListVoices(espeak_VOICE *spec)
{
	static const espeak_VOICE *list[] = { &voice, NULL };
	static const espeak_VOICE *none[] = { NULL };

	return spec ? none : list;
}

const char *
espeak_TextToPhonemes(const void **text, int text_mode, int phoneme_mode)
{
	(void)text_mode;
	(void)phoneme_mode;
	*text = NULL;
	return "f'eIk";
}

const char *
espeak_Info(const char **path_data)
{
	if (path_data)
		*path_data = "";
	return "1.51-fake";
}
