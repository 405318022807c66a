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
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "ttsd/engines/espeak/digits.h"
#include "ttsd/engines/espeak/events.h"
#include "ttsd/engines/espeak/marks.h"
#include "ttsd/engines/espeak/markup.h"
#include "ttsd/engines/espeak/reading.h"
#include "ttsd/engines/espeak/spoken.h"
#include "ttsd/engines/espeak/timeline.h"
#include "ttsd/engines/espeak/voice.h"
#include "ttsd/engines/espeak/words.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_confine.h"
#include "ttsd/engines/kit/kit_io.h"

/* ms of sound per callback: the library's default, as its size can be heard
 * (Klatt and speeded-up voices work buffer by buffer). */
#define BUFFER_MS 0
#define DEFAULT_RATE_HZ 22050
/* These are the flags that the espeak-ng program passes; they make it read
 * [[phonemes]]. */
#define TEXT_FLAGS (espeakCHARS_AUTO | espeakPHONEMES | espeakENDPAUSE)

/* The callback's result for the job that runs. */
static int job_rc;

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

/* Tells the events of what was made, and hands it over. */
static int
hand_piece(void)
{
	int rc;

	timeline_made();
	rc = events_tell();
	return rc < 0 ? rc : timeline_hand();
}

static int
on_speech(short *wave, int count, espeak_EVENT *e)
{
	size_t samples = wave && count > 0 ? (size_t)count : 0;

	if (job_rc == 0)
		job_rc = timeline_take(wave, samples);
	if (job_rc == 0)
		job_rc = events_take(e);
	if (job_rc == 0 && (!events_wait() || timeline_is_full()))
		job_rc = hand_piece();
	return job_rc < 0; /* 1 stops the synthesis */
}

/* The engine. */

static void
confine(void)
{
	const char *readable[2] = { NULL };

	espeak_Info(&readable[0]);
	kit_confine(readable, true);
}

static int
espeak_start(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		log_error("usage: espeak (no arguments)");
		return KIT_EXIT_USAGE;
	}
	/* The library asks for PulseAudio even where it is to play nothing;
	 * that would make folders for itself in the home and for temporary
	 * files, and leave them. */
	io_set_variable("PULSE_SERVER", "none");
	if (espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, BUFFER_MS, NULL,
		espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA |
		    espeakINITIALIZE_DONT_EXIT) < 0) {
		log_error("espeak: cannot initialise; is espeak-ng-data "
			  "installed?");
		return KIT_EXIT_UNAVAILABLE;
	}
	confine();
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
speak(struct spoken *spoken, bool joined, unsigned flags)
{
	size_t len;
	const char *text = spoken_text(spoken, &len);
	int rc = words_begin(spoken);

	if (rc == 0)
		rc = timeline_begin(joined);
	if (rc < 0)
		return rc;
	events_clear();
	if (espeak_Synth(text, len + 1, 0, POS_CHARACTER, 0, flags, NULL,
		NULL) != EE_OK &&
	    job_rc == 0)
		return kit_fail(KIT_FAILED, "espeak: synthesis failed");
	if (job_rc == 0)
		job_rc = hand_piece();
	return job_rc < 0 ? job_rc : events_end();
}

static int
speak_stretch(struct markup_stretch *stretch)
{
	int rc = 0;

	if (stretch->has_text)
		rc = speak(
		    &stretch->spoken, stretch->joined, TEXT_FLAGS | espeakSSML);
	if (rc == 0)
		rc = marks_reach(timeline_end(), SIZE_MAX);
	if (rc == 0 && stretch->has_pause)
		rc = timeline_pause(stretch->pause_ms);
	return rc;
}

/* Goes through all stretches. First without speaking, so that a text which
 * nobody can read is refused before any sound. */
static int
speak_stretches(const struct kit_job *job, const struct ssml *ssml, bool aloud)
{
	struct markup markup;
	struct markup_stretch stretch;
	struct choice voice = { job->speech.voice, job->speech.language };
	int rc = 0;

	markup_begin(&markup, ssml, voice);
	spoken_init(&stretch.spoken);
	while (rc == 0 && markup_next(&markup, &stretch, &rc))
		if (rc == 0 && aloud)
			rc = speak_stretch(&stretch);
	spoken_done(&stretch.spoken);
	return rc;
}

/* A word for whoever wrote phonemes in vain, once for a job. */
static void
report_phonemes(const struct ssml *ssml)
{
	const struct ssml_item *item = ssml->items;

	for (; item < ssml->items + ssml->count; item++)
		if (item->kind == SSML_PHONEME && !markup_can_speak(item)) {
			log_info("espeak: the text in a <phoneme> is spoken "
				 "instead of its ph; espeak-ng reads phonemes "
				 "of alphabet=\"" MARKUP_ALPHABET "\" only");
			return;
		}
}

static int
speak_markup(const struct kit_job *job)
{
	struct ssml_error e;
	struct ssml ssml;
	int rc = ssml_read(job->text, job->text_len, &ssml, &e);

	if (rc == ERR_INVALID)
		return kit_fail(KIT_BAD_REQUEST, "line %lu, column %lu: %s",
		    e.line, e.column, e.text);
	report_phonemes(&ssml);
	if (rc == 0)
		rc = speak_stretches(job, &ssml, false);
	if (rc == 0)
		rc = speak_stretches(job, &ssml, true);
	if (rc == 0)
		rc = timeline_finish();
	ssml_done(&ssml);
	return rc;
}

static int
speak_text(const struct kit_job *job)
{
	struct spoken text, spelled;
	int rc = reading_check(job->text, job->text_len);

	spoken_init(&text);
	spoken_init(&spelled);
	if (rc == 0)
		rc = spoken_copy(&text, job->text, job->text_len, 0);
	if (rc == 0)
		rc = digits_spell(&spelled, &text);
	if (rc == 0)
		rc = speak(&spelled, false, TEXT_FLAGS);
	spoken_done(&text);
	spoken_done(&spelled);
	return rc;
}

static int
espeak_run(const struct kit_job *job)
{
	job_rc = 0;
	timeline_start(DEFAULT_RATE_HZ, job->ssml);
	words_start();
	marks_clear();
	set_number(espeakRATE, job->speech.rate);
	set_number(espeakPITCH, job->speech.pitch);
	set_number(espeakVOLUME, job->speech.volume);
	return job->ssml ? speak_markup(job) : speak_text(job);
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
