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
#include <espeak-ng/speak_lib.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "ttsd/engines/espeak/digits.h"
#include "ttsd/engines/espeak/reading.h"
#include "ttsd/engines/espeak/spoken.h"
#include "ttsd/engines/espeak/voice.h"
#include "ttsd/engines/espeak/words.h"
#include "ttsd/engines/kit/kit.h"

/* ms of sound per callback: the library's default, as its size can be heard
 * (Klatt and speeded-up voices work buffer by buffer). */
#define BUFFER_MS 0
#define DEFAULT_RATE_HZ 22050
/* What the espeak-ng program passes; [[phonemes]] are part of it. */
#define TEXT_FLAGS (espeakCHARS_AUTO | espeakPHONEMES | espeakENDPAUSE)

/* The job that runs, as the callback sees it. */
static struct now {
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
		return words_say(sample, e->text_position, e->length);
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
	if (voice_init() < 0) {
		log_error("espeak: no voices; is espeak-ng-data installed?");
		return KIT_EXIT_UNAVAILABLE;
	}
	return 0;
}

static int
espeak_hello(json_t *h)
{
	json_object_set_new(h, "version", json_string(espeak_Info(NULL)));
	return voice_hello(h);
}

static int
espeak_prepare(const struct kit_job *job)
{
	const char *asked =
	    job->speech.voice ? job->speech.voice : job->speech.language;
	int rc = kit_format(DEFAULT_RATE_HZ, 1);

	if (rc < 0)
		return rc;
	if (voice_set(job->speech.voice, job->speech.language) == 0)
		return 0;
	return kit_fail(KIT_UNKNOWN_VOICE, "espeak has no voice '%s'",
	    asked ? asked : "of its own");
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
speak(struct spoken *spoken, unsigned flags)
{
	size_t len;
	const char *text = spoken_text(spoken, &len);
	int rc = words_begin(spoken);

	if (rc < 0)
		return rc;
	if (espeak_Synth(text, len + 1, 0, POS_CHARACTER, 0, flags, NULL,
		NULL) != EE_OK &&
	    now.rc == 0)
		return kit_fail(KIT_FAILED, "espeak: synthesis failed");
	return now.rc;
}

static int
espeak_run(const struct kit_job *job)
{
	unsigned flags = TEXT_FLAGS | (job->ssml ? espeakSSML : 0);
	struct spoken spoken;
	int rc = reading_check(job->text, job->text_len);

	now = (struct now){ 0 };
	words_start();
	spoken_init(&spoken);
	if (rc == 0 && job->ssml)
		rc = spoken_copy(&spoken, job->text, job->text_len, 0);
	else if (rc == 0)
		rc = digits_copy(&spoken, job->text, job->text_len, 0);
	set_number(espeakRATE, job->speech.rate);
	set_number(espeakPITCH, job->speech.pitch);
	set_number(espeakVOLUME, job->speech.volume);
	if (rc == 0)
		rc = speak(&spoken, flags);
	spoken_done(&spoken);
	return rc;
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
