/*
 * How text is spoken. One row for each parameter, and from here everybody
 * takes them: the keys of [channel], requests (`say`, its parts, `set`), the
 * JOB frame of engines, the {placeholders} of commands, the options of ttsctl.
 */
#ifndef COMMON_SOUND_SPEECH_PARAMETERS_H
#define COMMON_SOUND_SPEECH_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * TEXT(name, key, initial, letter, unit, meaning)
 * NUMBER(name, key, initial, letter, unit, meaning, own, low, high)
 *
 * name: as in requests and frames; key, initial: as in [channel]; letter and
 * unit: of ttsctl's option (0: no short one); low to high: what may be asked
 * for; own: below `low` where a setting may be the engine's own, else `low`.
 */
#define SPEECH_PARAMETERS(TEXT, NUMBER)                                        \
	TEXT(voice, "voice", "", 'v', "VOICE",                                 \
	    "a voice; 'ttsctl voices' lists them")                             \
	TEXT(language, "language", "auto", 'l', "TAG",                         \
	    "the language of the text, such as en-GB")                         \
	NUMBER(                                                                \
	    rate, "speech_rate", "0", 0, "WPM", " words a minute", 0, 1, 1000) \
	NUMBER(pitch, "pitch", "50", 0, "N", "; 50 is the voice's own", 0, 0,  \
	    100)                                                               \
	NUMBER(volume, "volume", "100", 0, "N",                                \
	    " percent; 100 is the voice's own", 0, 0, 200)

/* A number that nobody has set: the engine's own. */
#define SPEECH_UNSET (-1)

/* Strings are the holder's, owned or not; NULL or "": the engine's default. */
struct speech_parameters {
	char *voice;
	char *language;
	int64_t rate; /* words a minute; 0, as SPEECH_UNSET: the engine's own */
	int64_t pitch;
	int64_t volume; /* percent */
};

struct speech_parameter {
	const char *name; /* NULL ends the table */
	bool is_text;
	size_t offset;     /* in struct speech_parameters */
	int64_t low, high; /* of a number, inclusive */
};

extern const struct speech_parameter speech_parameters[];

/* Of a parameter that is text; NULL where it is not set. */
const char *speech_text(
    const struct speech_parameters *s, const struct speech_parameter *p);
/* Takes over `text`, and frees what was there. */
void speech_set_text(
    struct speech_parameters *s, const struct speech_parameter *p, char *text);

/* Of one that is a number; below p->low where it is not set. */
int64_t speech_number(
    const struct speech_parameters *s, const struct speech_parameter *p);
void speech_set_number(struct speech_parameters *s,
    const struct speech_parameter *p, int64_t number);

/* Are all of them the same? */
bool speech_parameters_same(
    const struct speech_parameters *a, const struct speech_parameters *b);

/* Nothing is set. */
void speech_parameters_unset(struct speech_parameters *s);
/* With strings of its own. ERR_NOMEM: nothing is set. */
int speech_parameters_copy(
    struct speech_parameters *out, const struct speech_parameters *s);
/* Frees the strings. */
void speech_parameters_done(struct speech_parameters *s);

#endif
