/*
 * Do the voices speak, and numbers as their language does? Each language that
 * is configured, and each channel in its own manner, has numbers spoken; the
 * marks of words, and the sound between them, tell. And the clips.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text/language.h"
#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/doctor/own_ttsd.h"
#include "ttsctl/table.h"

/* Of samples: what is below is silence, to an ear. */
#define LOUD 600
/* So many channels and languages are listened to. */
#define VOICES_MAX 60

/* ---- by facts alone ---------------------------------------------------------
 */

/* The loudest sample of some, of all channels of sound. */
static int
peak(const struct spoken *s, size_t from, size_t to)
{
	const uint8_t *data = buf_data(&s->pcm);
	size_t i, step = (size_t)s->channels, all = buf_len(&s->pcm) / 2;
	int value, most = 0;

	for (i = from * step; i < to * step && i < all; i++) {
		value = abs((int16_t)(data[2 * i] | data[2 * i + 1] << 8));
		most = value > most ? value : most;
	}
	return most;
}

static bool
is_mark(const json_t *mark, const char *kind)
{
	return strcmp(cell_text(mark, "mark"), kind) == 0;
}

static size_t
number_of(const json_t *mark, const char *field)
{
	return (size_t)json_integer_value(json_object_get(mark, field));
}

/* Where the next word begins, or the sound ends. */
static size_t
word_end(const struct spoken *s, size_t i)
{
	size_t count = json_array_size(s->marks);

	while (++i < count)
		if (is_mark(json_array_get(s->marks, i), "word"))
			return number_of(json_array_get(s->marks, i), "sample");
	return buf_len(&s->pcm) / 2 / (size_t)s->channels;
}

/* Which digits of the text have a word, and sound: an engine makes one word of
 * a number, or several, or one of each digit. */
static size_t
count_digits(const struct spoken *s, bool *words)
{
	bool heard[sizeof(VOICES_TEXT)] = { false };
	size_t i, at, end, count = 0;
	const json_t *mark;

	*words = false;
	json_array_foreach(s->marks, i, mark)
	{
		if (!is_mark(mark, "word"))
			continue;
		*words = true;
		if (peak(s, number_of(mark, "sample"), word_end(s, i)) < LOUD)
			continue;
		at = number_of(mark, "offset");
		end = at + number_of(mark, "length");
		for (; at < end && at < sizeof(heard) - 1; at++)
			heard[at] = true;
	}
	for (at = 0; VOICES_TEXT[at]; at++)
		count += heard[at] && isdigit((unsigned char)VOICES_TEXT[at]);
	return count;
}

static const char *
next_phoneme(const struct spoken *s, size_t *i)
{
	const json_t *mark;
	const char *sound;

	while ((mark = json_array_get(s->marks, (*i)++))) {
		sound = cell_text(mark, "phoneme");
		if (is_mark(mark, "phoneme") && strcmp(sound, "_") != 0)
			return sound;
	}
	return NULL;
}

/* Are all sounds those of English? Of an engine that tells none nobody knows.
 */
static bool
sounds_english(const struct spoken *s, const struct spoken *english)
{
	const char *here, *there;
	size_t i = 0, j = 0, same = 0;

	for (;;) {
		here = next_phoneme(s, &i);
		there = next_phoneme(english, &j);
		if (here == NULL || there == NULL)
			return here == there && same > 0;
		if (strcmp(here, there) != 0)
			return false;
		same++;
	}
}

void
judge_voice(struct report *r, const char *about, const struct spoken *s,
    const struct spoken *english)
{
	static const char another[] =
	    "give it another voice, in a [language] section or the channel's "
	    "(ttsctl voices lists them)";
	size_t heard;
	bool words;

	if (s->why[0]) {
		report_add(
		    r, FOUND_ERROR, about, "it does not speak: %s", s->why);
		report_remedy(r,
		    "look at its engine and voice: ttsctl engines, ttsctl "
		    "voices");
		return;
	}
	heard = count_digits(s, &words);
	if (peak(s, 0, buf_len(&s->pcm)) < LOUD) {
		report_add(r, FOUND_ERROR, about, "it is silent");
		report_remedy(r, "%s", another);
	} else if (!words) {
		report_add(r, FOUND_FINE, about,
		    "it speaks; its engine tells no words, so numbers are not "
		    "counted");
	} else if (heard < VOICES_DIGITS) {
		report_add(r, FOUND_WARNING, about,
		    "of %d digits %zu are heard, and the others left out",
		    VOICES_DIGITS, heard);
		report_remedy(r, "%s", another);
	} else if (english && sounds_english(s, english)) {
		report_add(
		    r, FOUND_WARNING, about, "it says numbers as in English");
		report_remedy(r, "%s", another);
	} else {
		report_add(r, FOUND_FINE, about, "it speaks, and all %d digits",
		    VOICES_DIGITS);
	}
}

/* ---- what is spoken ---------------------------------------------------------
 */

struct listening {
	const struct patient *p;
	struct report *r;
	const char *dir; /* of the ttsd that speaks */
	struct spoken english;
	size_t count;
};

static void
say_numbers(struct listening *l, const char *language, const char *channel,
    struct spoken *out)
{
	speak(l->p->call->loop, l->dir,
	    json_pack("{s:s, s:s, s:s*, s:s*}", "op", "speak", "text",
		VOICES_TEXT, "language", language, "channel", channel),
	    out);
}

static bool
is_english(const char *tag)
{
	char normal[LANGUAGE_MAX + 1];

	return language_normalise(normal, tag, strlen(tag)) &&
	       language_is_same(normal, "en");
}

static void
listen_to(struct listening *l, const char *about, const char *language,
    const char *channel)
{
	bool english = language && is_english(language);
	struct spoken s;

	if (++l->count > VOICES_MAX)
		return;
	say_numbers(l, language, channel, &s);
	judge_voice(l->r, about, &s,
	    language && !english && l->english.why[0] == '\0' ? &l->english
							      : NULL);
	spoken_done(&s);
}

/* In the manner of the channel; of one that speaks one language only, that. */
static void
listen_to_channel(struct listening *l, const struct conf_channel *ch)
{
	const char *tag = ch->speech.language;
	char about[80];

	snprintf(about, sizeof(about), "channel %s", ch->block.name);
	listen_to(l, about,
	    tag && tag[0] && strcmp(tag, "auto") != 0 ? tag : NULL,
	    ch->block.name);
}

static void
listen_to_language(struct listening *l, const struct conf_language *language)
{
	char about[80];

	snprintf(about, sizeof(about), "language %s", language->block.name);
	listen_to(l, about, language->block.name, NULL);
}

static void
listen_to_clip(struct listening *l, const char *what, const char *clip)
{
	struct spoken s;
	char about[120];

	if (clip == NULL || clip[0] == '\0')
		return;
	snprintf(about, sizeof(about), "clip %s%s%s", clip,
	    what[0] ? " of " : "", what);
	speak(l->p->call->loop, l->dir,
	    json_pack("{s:s, s:[{s:s}]}", "op", "speak", "parts", "clip", clip),
	    &s);
	if (s.why[0]) {
		report_add(l->r, FOUND_ERROR, about, "%s", s.why);
		report_remedy(l->r, "put it into clips_dir, in a format that "
				    "libsndfile reads");
	} else {
		report_add(l->r, FOUND_FINE, about, "it plays");
	}
	spoken_done(&s);
}

static void
listen_to_clips(struct listening *l, const struct conf *c)
{
	const struct conf_message *m;
	const struct conf_schedule *s;
	size_t i;

	listen_to_clip(l, "", "ding");
	for (i = 0; i < c->channels.count; i++)
		listen_to_clip(l, conf_channel_at(c, i)->block.name,
		    conf_channel_at(c, i)->bed);
	for (i = 0; i < c->messages.count; i++) {
		m = conf_message_at(c, i);
		listen_to_clip(l, m->block.name, m->chime);
	}
	for (i = 0; i < c->schedules.count; i++) {
		s = conf_schedule_at(c, i);
		listen_to_clip(l, s->block.name, s->chime);
		listen_to_clip(l, s->block.name, s->clip);
	}
}

static void
listen_to_all(struct listening *l)
{
	const struct conf *c = &l->p->conf;
	size_t i;

	say_numbers(l, "en", NULL, &l->english);
	for (i = 0; i < c->channels.count; i++)
		listen_to_channel(l, conf_channel_at(c, i));
	for (i = 0; i < c->languages.count; i++)
		listen_to_language(l, conf_language_at(c, i));
	if (l->count > VOICES_MAX)
		report_add(l->r, FOUND_UNSEEN, "",
		    "of %zu channels and languages the first %d were listened "
		    "to",
		    l->count, VOICES_MAX);
	listen_to_clips(l, c);
	spoken_done(&l->english);
}

static void
listen_to_own(struct listening *l)
{
	struct own_ttsd o;

	own_ttsd_start(&o, l->p);
	l->dir = o.dir;
	if (o.why[0]) {
		report_add(l->r, FOUND_UNSEEN, "",
		    "nothing is spoken: no ttsd runs, and another one for "
		    "this check does not start: %s",
		    o.why);
		report_remedy(l->r, "mend what is said of the configuration");
	} else {
		listen_to_all(l);
	}
	own_ttsd_done(&o);
}

void
check_voices(const struct patient *p, struct report *r)
{
	struct listening l = { .p = p, .r = r, .dir = p->ttsd.dir };

	if (!p->has_conf)
		report_add(r, FOUND_UNSEEN, "",
		    "which there are the configuration would tell");
	else if (p->ttsd.reply)
		listen_to_all(&l);
	else
		listen_to_own(&l);
}
