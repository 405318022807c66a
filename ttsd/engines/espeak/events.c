#include "ttsd/engines/espeak/events.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"
#include "ttsd/engines/espeak/marks.h"
#include "ttsd/engines/espeak/timeline.h"
#include "ttsd/engines/espeak/words.h"
#include "ttsd/engines/kit/kit.h"

/* What the library said; and, as it is told of no marks, marks of ours, whose
 * text_position is marks.h's. */
struct event {
	espeak_EVENT e;
	struct word word;
};

static struct event *waiting;
static size_t waiting_count, waiting_cap;

/* Of the events that wait, the word that goes on, if a mark stands in it. */
static size_t open_word;
#define NO_WORD SIZE_MAX

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
say_word(uint64_t sample, const struct word *word)
{
	int rc = marks_reach(sample, word->first);

	return rc < 0 ? rc : words_say(sample, word);
}

static int
say_event(const struct event *event, uint64_t sample)
{
	const espeak_EVENT *e = &event->e;

	switch (e->type) {
	case espeakEVENT_WORD:
		return say_word(sample, &event->word);
	case espeakEVENT_MARK:
		return marks_reach(sample, (size_t)e->text_position);
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

/* Adds an event before the one at `index`. */
static int
events_insert(size_t index, const struct event *event)
{
	size_t cap = waiting_cap ? waiting_cap * 2 : 64;
	struct event *more;

	if (waiting_count == waiting_cap) {
		more = realloc(waiting, cap * sizeof(*waiting));
		if (more == NULL)
			return ERR_NOMEM;
		waiting = more;
		waiting_cap = cap;
	}
	memmove(waiting + index + 1, waiting + index,
	    (waiting_count - index) * sizeof(*waiting));
	waiting[index] = *event;
	waiting_count++;
	return 0;
}

static bool
is_phoneme(const struct event *event)
{
	return event->e.type == espeakEVENT_PHONEME && event->e.id.string[0];
}

/* Finds the phoneme between two events that begins nearest to a sample;
 * `end`: there is none. */
static size_t
nearest_phoneme(size_t begin, size_t end, int sample)
{
	size_t i, nearest = end;
	int distance, least = INT_MAX;

	for (i = begin; i < end; i++) {
		distance = abs(waiting[i].e.sample - sample);
		if (is_phoneme(&waiting[i]) && distance < least) {
			least = distance;
			nearest = i;
		}
	}
	return nearest;
}

/* Puts the marks in a word before the phonemes where their shares of its
 * letters end. `end`: the event behind its last phoneme. */
static int
word_place_marks(size_t begin, size_t end, struct word word)
{
	int first = waiting[begin].e.sample;
	int length = waiting[end].e.sample - first;
	struct event mark = { .e.type = espeakEVENT_MARK };
	size_t at = word.first, phoneme;
	double share;
	int rc = 0;

	while (rc == 0 && marks_between(at, word.end, &at)) {
		share =
		    (double)(at - word.first) / (double)(word.end - word.first);
		phoneme =
		    nearest_phoneme(begin, end, first + (int)(share * length));
		mark.e.sample = waiting[phoneme].e.sample;
		mark.e.text_position = (int)at;
		rc = events_insert(phoneme, &mark);
		end++;
	}
	return rc;
}

/* The event at `end` is none of the open word's. */
static int
word_close(size_t end)
{
	size_t begin = open_word;
	struct word word = waiting[begin].word;
	const struct event *behind = &waiting[end];

	open_word = NO_WORD;
	if (behind->e.type == espeakEVENT_WORD &&
	    behind->word.first > word.first && behind->word.first < word.end)
		word.end = behind->word.first;
	while (end > begin + 1 && !is_phoneme(&waiting[end - 1]))
		end--;
	return word_place_marks(begin, end, word);
}

/* Every word of a number is the number. */
static bool
word_goes_on(const struct event *event)
{
	const struct word *word = &waiting[open_word].word;

	if (event->e.type == espeakEVENT_PHONEME)
		return true;
	return event->e.type == espeakEVENT_WORD &&
	       event->word.first == word->first && event->word.end == word->end;
}

static int
events_keep(const espeak_EVENT *e)
{
	struct event event = { .e = *e };
	size_t index = waiting_count, at;
	int rc;

	if (e->type == espeakEVENT_WORD &&
	    !words_find(e->text_position, e->length, &event.word))
		return 0;
	rc = events_insert(index, &event);
	if (rc == 0 && open_word != NO_WORD && !word_goes_on(&event))
		rc = word_close(index);
	if (open_word == NO_WORD && e->type == espeakEVENT_WORD &&
	    marks_between(event.word.first, event.word.end, &at))
		open_word = waiting_count - 1;
	return rc;
}

static int
events_tell_up_to(bool all)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < waiting_count; i++) {
		if (!all && !timeline_knows(waiting[i].e.sample))
			break;
		rc = say_event(
		    &waiting[i], timeline_sample(waiting[i].e.sample));
	}
	waiting_count -= i;
	if (i > 0 && waiting_count > 0)
		memmove(waiting, waiting + i, waiting_count * sizeof(*waiting));
	open_word = NO_WORD;
	return rc;
}

void
events_clear(void)
{
	waiting_count = 0;
	open_word = NO_WORD;
}

int
events_take(const espeak_EVENT *e)
{
	int rc = 0;

	for (; rc == 0 && e->type != espeakEVENT_LIST_TERMINATED; e++)
		rc = events_keep(e);
	return rc;
}

bool
events_wait(void)
{
	return open_word != NO_WORD;
}

int
events_tell(void)
{
	return events_tell_up_to(false);
}

int
events_end(void)
{
	return events_tell_up_to(true);
}
