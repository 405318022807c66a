#include "ttsctl/air.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"
#include "ttsctl/table.h"

#define ID_MAX 24
/* A text of fewer characters does not tell how fast others are. */
#define PACE_MIN 5

void
air_init(struct air *a)
{
	a->known = json_object();
	a->on = json_object();
	a->rates = json_object();
	a->paces = json_object();
}

void
air_done(struct air *a)
{
	json_decref(a->known);
	json_decref(a->on);
	json_decref(a->rates);
	json_decref(a->paces);
}

static json_int_t
air_number(const json_t *object, const char *field)
{
	return json_integer_value(json_object_get(object, field));
}

static const char *
air_key(const json_t *object, char out[ID_MAX])
{
	snprintf(
	    out, ID_MAX, "%" JSON_INTEGER_FORMAT, air_number(object, "id"));
	return out;
}

static size_t
characters_of(const char *text)
{
	return utf8_length(text, strlen(text));
}

void
air_take_channels(struct air *a, const json_t *channels)
{
	const json_t *channel;
	size_t i;

	json_array_foreach(channels, i, channel)
	{
		json_object_set(a->rates, cell_text(channel, "name"),
		    json_object_get(channel, "rate"));
	}
}

/* ---- its text ----------------------------------------------------------- */

/* What is spoken of one of its texts, as people read it. */
static const char *
readable(const json_t *text)
{
	const char *spoken = cell_text(text, "spoken");

	return spoken[0] ? spoken : cell_text(text, "text");
}

/* Joins its texts, and notes at which character each of them begins. */
static void
join_texts(json_t *u, const json_t *texts)
{
	json_t *starts = json_array(), *all = json_string(""), *longer;
	const json_t *text;
	size_t i;

	json_array_foreach(texts, i, text)
	{
		longer = json_sprintf(
		    "%s%s", json_string_value(all), i > 0 ? " " : "");
		json_array_append_new(starts,
		    json_integer(
			(json_int_t)characters_of(json_string_value(longer))));
		json_decref(all);
		all = json_sprintf(
		    "%s%s", json_string_value(longer), readable(text));
		json_decref(longer);
	}
	json_object_set_new(u, "text", all);
	json_object_set_new(u, "starts", starts);
}

/* Where a word is in all of the text. */
static size_t
word_place(const json_t *u, const json_t *word)
{
	const json_t *spoken = json_object_get(word, "spoken_offset");
	const json_t *start = json_array_get(
	    json_object_get(u, "starts"), (size_t)air_number(word, "part"));

	return (size_t)(json_integer_value(start) +
			(spoken ? json_integer_value(spoken)
				: air_number(word, "offset")));
}

static size_t
word_length(const json_t *word)
{
	const json_t *spoken = json_object_get(word, "spoken_length");

	return (size_t)(spoken ? json_integer_value(spoken)
			       : air_number(word, "length"));
}

/* ---- what is told ------------------------------------------------------- */

/* Makes the one of an event be on air; it may have been so already. */
static json_t *
utterance_of(struct air *a, const json_t *event)
{
	char key[ID_MAX];
	json_t *u = json_object_get(a->known, air_key(event, key));

	if (u == NULL) {
		json_object_set_new(a->known, key, json_object());
		u = json_object_get(a->known, key);
		json_object_set(u, "id", json_object_get(event, "id"));
	}
	json_object_set_new(
	    a->on, cell_text(event, "channel"), json_string(key));
	return u;
}

static void
utterance_started(struct air *a, const json_t *event)
{
	static const char *const kept[] = { "text", "time", "sample",
		"duration_ms", "words" };
	json_t *u = utterance_of(a, event);
	size_t i;

	json_object_del(u, "word");
	json_object_del(u, "cut");
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		json_object_del(u, kept[i]);
		json_object_set(u, kept[i], json_object_get(event, kept[i]));
	}
	if (json_object_get(event, "texts"))
		join_texts(u, json_object_get(event, "texts"));
}

static void
word_told(struct air *a, const json_t *event)
{
	json_object_set(utterance_of(a, event), "word", (json_t *)event);
}

/* Takes it off the air; `over`: for ever. */
static void
utterance_left(struct air *a, const json_t *event, bool over)
{
	const char *channel = cell_text(event, "channel");
	char key[ID_MAX];

	air_key(event, key);
	if (strcmp(cell_text(a->on, channel), key) == 0)
		json_object_del(a->on, channel);
	if (over)
		json_object_del(a->known, key);
}

static void
set_pace(struct air *a, const char *channel, double ms, size_t characters)
{
	if (ms > 0 && characters >= PACE_MIN)
		json_object_set_new(
		    a->paces, channel, json_real(ms / (double)characters));
}

/* How fast it was spoken, where all of it was. */
static void
note_pace(struct air *a, const json_t *event)
{
	const char *channel = cell_text(event, "channel");
	json_int_t rate = air_number(a->rates, channel);
	char key[ID_MAX];
	const json_t *u = json_object_get(a->known, air_key(event, key));

	if (u && rate > 0 && !json_is_true(json_object_get(u, "cut")) &&
	    strcmp(cell_text(event, "outcome"), "spoken") == 0)
		set_pace(a, channel,
		    1000.0 *
			(double)(air_number(event, "last_sample") -
				 air_number(event, "first_sample")) /
			(double)rate,
		    characters_of(cell_text(u, "text")));
}

void
air_take_event(struct air *a, const json_t *event)
{
	const char *kind = cell_text(event, "event");

	if (strcmp(kind, "started") == 0) {
		utterance_started(a, event);
	} else if (strcmp(kind, "word") == 0) {
		word_told(a, event);
	} else if (strcmp(kind, "preempted") == 0) {
		utterance_left(a, event, false);
	} else if (strcmp(kind, "finished") == 0) {
		note_pace(a, event);
		utterance_left(a, event, true);
	}
}

void
air_take_queue(struct air *a, const char *channel, const json_t *items)
{
	const json_t *item;
	char key[ID_MAX];
	json_t *u;
	size_t i;

	json_object_del(a->on, channel);
	json_array_foreach(items, i, item)
	{
		if (strcmp(cell_text(item, "state"), "on-air") != 0)
			continue;
		json_object_set_new(
		    a->on, channel, json_string(air_key(item, key)));
		if (json_object_get(a->known, key))
			return;
		u = json_pack("{s:O, s:O, s:b}", "id",
		    json_object_get(item, "id"), "text",
		    json_object_get(item, "text"), "cut",
		    air_number(item, "characters") >
			(json_int_t)characters_of(cell_text(item, "text")));
		json_object_set_new(a->known, key, u);
		return;
	}
}

/* ---- how far it has come ------------------------------------------------ */

/* Of the plan, the word that was told last. */
static const json_t *
planned_word(const json_t *u, const json_t *told)
{
	const json_t *word, *found = NULL;
	json_int_t at = air_number(told, "sample");
	size_t i;

	/* One that is said twice is told apart by what was said before it. */
	json_array_foreach(json_object_get(u, "words"), i, word)
	{
		if (word_place(u, word) == word_place(u, told) &&
		    air_number(word, "sample") <= at)
			found = word;
	}
	return found;
}

static int64_t
samples_ms(json_int_t samples, json_int_t rate)
{
	return samples * 1000 / rate;
}

/* So much of it was heard, or lies behind: pauses are left out where it is
 * known what was planned. -1: when it began is not known. */
static int64_t
played_ms(const json_t *u, json_int_t rate, int64_t now_ms, bool held)
{
	const json_t *told = json_object_get(u, "word");
	const json_t *planned = told && rate > 0 ? planned_word(u, told) : NULL;
	int64_t since;

	if (json_object_get(u, "time") == NULL)
		return -1;
	if (planned == NULL)
		return now_ms - air_number(u, "time");
	since = samples_ms(
	    air_number(planned, "sample") - air_number(u, "sample"), rate);
	return held ? since : since + now_ms - air_number(told, "time");
}

/* The word that is due now by the plan, for who came after it was told. */
static const json_t *
due_word(const json_t *u, json_int_t rate, int64_t played)
{
	const json_t *word, *due = NULL;
	size_t i;

	json_array_foreach(
	    rate > 0 ? json_object_get(u, "words") : NULL, i, word)
	{
		if (samples_ms(
			air_number(word, "sample") - air_number(u, "sample"),
			rate) <= played)
			due = word;
	}
	return due;
}

/* What is left of it by how fast others were spoken. */
static int64_t
guess_left(const struct air *a, const char *channel, const struct utterance *u)
{
	size_t said = u->length > 0 ? u->at : 0;
	int64_t left =
	    air_estimate_ms(a, channel, (json_int_t)(u->characters - said));

	if (u->cut || left < 0 || (u->length == 0 && u->for_ms < 0))
		return -1;
	return u->length > 0 ? left : left - u->for_ms;
}

static void
set_left(const struct air *a, const char *channel, const json_t *u,
    struct utterance *out)
{
	const json_t *all = json_object_get(u, "duration_ms");

	out->guessed = all == NULL || out->for_ms < 0;
	out->left_ms = out->guessed ? guess_left(a, channel, out)
				    : json_integer_value(all) - out->for_ms;
	if (out->left_ms < 0)
		out->left_ms = out->guessed ? -1 : 0;
}

bool
air_find(const struct air *a, const char *channel, int64_t now_ms, bool held,
    struct utterance *out)
{
	const json_t *u = json_object_get(a->known, cell_text(a->on, channel)),
		     *word;
	json_int_t rate = air_number(a->rates, channel);

	*out = (struct utterance){ .text = "" };
	if (u == NULL)
		return false;
	out->id = air_number(u, "id");
	out->text = cell_text(u, "text");
	out->characters = characters_of(out->text);
	out->cut = json_is_true(json_object_get(u, "cut"));
	out->for_ms = played_ms(u, rate, now_ms, held);
	word = json_object_get(u, "word");
	if (word == NULL && !held)
		word = due_word(u, rate, out->for_ms);
	if (word) {
		out->at = word_place(u, word);
		out->length = word_length(word);
	}
	if (out->at > out->characters ||
	    out->length > out->characters - out->at)
		out->at = out->length = 0;
	set_left(a, channel, u, out);
	return true;
}

int64_t
air_estimate_ms(const struct air *a, const char *channel, json_int_t characters)
{
	const json_t *pace = json_object_get(a->paces, channel);

	return pace && characters >= 0
		   ? (int64_t)((double)characters * json_real_value(pace))
		   : -1;
}
