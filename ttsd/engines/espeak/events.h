/*
 * Takes what the library says of its sound: words, phonemes, a rate of its own.
 * An event in silence waits for what comes behind it, as the silence does
 * (timeline.h): a pause of ours may come instead.
 */
#ifndef TTSD_ENGINES_ESPEAK_EVENTS_H
#define TTSD_ENGINES_ESPEAK_EVENTS_H

#include <espeak-ng/speak_lib.h>

/* Begins a stretch: none waits. */
void events_clear(void);

/* Takes what the library says of the sound that timeline_made() was told of,
 * and tells what need not wait. ERR_NOMEM, else as kit_word(). */
int events_take(const espeak_EVENT *e);

/* Tells those that wait, at the end of the stretch. Errors as kit_word(). */
int events_end(void);

#endif
