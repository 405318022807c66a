/*
 * libespeak-ng as a DLL that is found when the engine starts, so that the
 * program can be built and shipped without it. The functions below have the
 * library's names and hand on to it; espeak_Initialize(), the first that is
 * called, loads it.
 */
#include <espeak-ng/speak_lib.h>
#include <stdbool.h>
#include <stdio.h>
#include <windows.h>

#include "common/log.h"

#define FUNCTIONS(X)                   \
	X(espeak_Initialize)           \
	X(espeak_SetSynthCallback)     \
	X(espeak_SetUriCallback)       \
	X(espeak_Synth)                \
	X(espeak_SetParameter)         \
	X(espeak_GetParameter)         \
	X(espeak_SetVoiceByName)       \
	X(espeak_SetVoiceByProperties) \
	X(espeak_GetCurrentVoice)      \
	X(espeak_ListVoices)           \
	X(espeak_TextToPhonemes)       \
	X(espeak_Info)

static struct {
#define X(name) __typeof__(name) *name;
	FUNCTIONS(X)
#undef X
} dll;

/* Beside the program, then where eSpeak NG installs itself; never in the
 * current folder or along PATH. */
static HMODULE
load(void)
{
	wchar_t folder[MAX_PATH], path[MAX_PATH + 40];
	DWORD n = GetEnvironmentVariableW(L"ProgramFiles", folder, MAX_PATH);
	HMODULE module;

	module = LoadLibraryExW(L"libespeak-ng.dll", NULL,
	    LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
	if (module || n == 0 || n >= MAX_PATH)
		return module;
	swprintf(
	    path, MAX_PATH + 40, L"%ls\\eSpeak NG\\libespeak-ng.dll", folder);
	return LoadLibraryExW(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
}

/* The cast goes by way of void(*)(void), so that the compiler does not
 * complain. */
static bool
espeak_dll_find(HMODULE module, const char *name, void (**out)(void))
{
	*out = (void (*)(void))GetProcAddress(module, name);
	if (*out == NULL)
		log_error("espeak: libespeak-ng.dll has no %s(); it is too "
			  "old: install eSpeak NG 1.50 or newer",
		    name);
	return *out != NULL;
}

static bool
load_all(void)
{
	HMODULE module = load();
	bool ok = true;

	if (module == NULL) {
		log_error("espeak: libespeak-ng.dll is not there; install "
			  "eSpeak NG, or put the DLL and espeak-ng-data "
			  "beside espeak.exe");
		return false;
	}
#define X(name) \
	ok = ok && espeak_dll_find(module, #name, (void (**)(void)) & dll.name);
	FUNCTIONS(X)
#undef X
	return ok;
}

int
espeak_Initialize(
    espeak_AUDIO_OUTPUT output, int buflength, const char *path, int options)
{
	return load_all()
		   ? dll.espeak_Initialize(output, buflength, path, options)
		   : -1;
}

void
espeak_SetSynthCallback(t_espeak_callback *callback)
{
	dll.espeak_SetSynthCallback(callback);
}

void
espeak_SetUriCallback(int (*callback)(int, const char *, const char *))
{
	dll.espeak_SetUriCallback(callback);
}

espeak_ERROR
espeak_Synth(const void *text, size_t size, unsigned int position,
    espeak_POSITION_TYPE position_type, unsigned int end_position,
    unsigned int flags, unsigned int *identifier, void *user_data)
{
	return dll.espeak_Synth(text, size, position, position_type,
	    end_position, flags, identifier, user_data);
}

espeak_ERROR
espeak_SetParameter(espeak_PARAMETER parameter, int value, int relative)
{
	return dll.espeak_SetParameter(parameter, value, relative);
}

int
espeak_GetParameter(espeak_PARAMETER parameter, int current)
{
	return dll.espeak_GetParameter(parameter, current);
}

espeak_ERROR
espeak_SetVoiceByName(const char *name)
{
	return dll.espeak_SetVoiceByName(name);
}

espeak_ERROR
espeak_SetVoiceByProperties(espeak_VOICE *spec)
{
	return dll.espeak_SetVoiceByProperties(spec);
}

espeak_VOICE *
espeak_GetCurrentVoice(void)
{
	return dll.espeak_GetCurrentVoice();
}

const espeak_VOICE **
espeak_ListVoices(espeak_VOICE *spec)
{
	return dll.espeak_ListVoices(spec);
}

const char *
espeak_TextToPhonemes(const void **text, int text_mode, int phoneme_mode)
{
	return dll.espeak_TextToPhonemes(text, text_mode, phoneme_mode);
}

const char *
espeak_Info(const char **path_data)
{
	return dll.espeak_Info(path_data);
}
