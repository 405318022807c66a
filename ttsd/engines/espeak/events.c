#include "ttsd/engines/espeak/events.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"
#include "ttsd/engines/espeak/marks.h"
#include "ttsd/engines/espeak/timeline.h"
#include "ttsd/engines/espeak/words.h"
#include "ttsd/engines/kit/kit.h"

static espeak_EVENT *waiting;
static size_t waiting_count, waiting_cap;

/* A pause is written so: the mouth closes. */
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

static int
say_word(uint64_t sample, const espeak_EVENT *e)
{
	size_t at = words_find(e->text_position, e->length);
	int rc;

	if (at == WORDS_NONE)
		return 0;
	rc = marks_reach(sample, at);
	return rc < 0 ? rc : words_say(sample);
}

static int
say_event(const espeak_EVENT *e, uint64_t sample)
{
	switch (e->type) {
	case espeakEVENT_WORD:
		return say_word(sample, e);
	case espeakEVENT_PHONEME:
		return say_phoneme(sample, e->id.string);
	case espeakEVENT_SAMPLERATE: /* MBROLA voices have their own */
		if (timeline_rate((unsigned)e->id.number) == 0)
			return 0;
		return kit_fail(KIT_FAILED,
		    "espeak: the voice changes the sample rate in mid-speech");
	default:
		return 0;
	}
}

static int
events_keep(const espeak_EVENT *e)
{
	size_t cap = waiting_cap ? waiting_cap * 2 : 64;
	espeak_EVENT *more;

	if (waiting_count == waiting_cap) {
		more = realloc(waiting, cap * sizeof(*waiting));
		if (more == NULL)
			return ERR_NOMEM;
		waiting = more;
		waiting_cap = cap;
	}
	waiting[waiting_count++] = *e;
	return 0;
}

static int
events_tell(bool all)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < waiting_count; i++) {
		if (!all && !timeline_knows(waiting[i].sample))
			break;
		rc = say_event(&waiting[i], timeline_sample(waiting[i].sample));
	}
	waiting_count -= i;
	if (i > 0 && waiting_count > 0)
		memmove(waiting, waiting + i, waiting_count * sizeof(*waiting));
	return rc;
}

void
events_clear(void)
{
	waiting_count = 0;
}

int
events_take(const espeak_EVENT *e)
{
	int rc = 0;

	for (; rc == 0 && e->type != espeakEVENT_LIST_TERMINATED; e++)
		rc = events_keep(e);
	return rc < 0 ? rc : events_tell(false);
}

int
events_end(void)
{
	return events_tell(true);
}
