/*
 * Takes what the library says of its sound: words, phonemes, a rate of its own.
 * An event in silence waits for what comes behind it, as the silence does
 * (timeline.h): a pause of ours may come instead.
 */
#ifndef TTSD_ENGINES_ESPEAK_EVENTS_H
#define TTSD_ENGINES_ESPEAK_EVENTS_H

#include <espeak-ng/speak_lib.h>
#include <stdbool.h>

/* Begins a stretch: none waits. */
void events_clear(void);

/* Takes what the library says. ERR_NOMEM. */
int events_take(const espeak_EVENT *e);

/* Does the sound that was made end within a word that a mark stands in? Where
 * in its sound the mark lies is known when the word is over. */
bool events_wait(void);

/* Tells what need not wait, once timeline_made() was called. Errors as
 * kit_word(). */
int events_tell(void);

/* Tells those that wait, at the end of the stretch. Errors as kit_word(). */
int events_end(void);

#endif
