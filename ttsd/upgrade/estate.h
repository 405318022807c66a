/*
 * What is on air, from one ttsd to its successor: each noun has a function that
 * makes a word of the document of it, NULL without memory, and one that
 * makes it again of such a word. The same functions run in the trial of a new
 * program, on stand-ins.
 *
 * Thousands may wait, and sound would wait until all of them are written and
 * read. So the document has the first few of each channel; who waits behind
 * them arrives afterwards, one by one, in words that the caller passes on.
 *
 * Those that restore fail with ERR_NOMEM, or with ERR_INVALID where the word is
 * not as this version writes it, or where the configuration has no place for it
 * any more; estate_blame() then tells what for.
 */
#ifndef TTSD_UPGRADE_ESTATE_H
#define TTSD_UPGRADE_ESTATE_H

#include "common/parcel.h"
#include "ttsd/air/channel.h"
#include "ttsd/air/shelf.h"
#include "ttsd/queue/ensemble.h"
#include "ttsd/upgrade/common_part.h"

struct estate {
	struct parcel *parcel;
	struct loop *loop;
	bool trial;
	/* Finds an engine of the configuration; NULL: it has none such. */
	struct engine *(*engine)(const struct estate *e, const char *name);
	const void *arg;
	bool any_engine; /* what is restored is not to be made */
	/* What the configurations say (common/conf/conf_told.h). `was` is NULL
	 * where an earlier version has not told it. */
	const json_t *was, *now;
	/* The channel that is restored has another format than it had: nothing
	 * goes over that was made or played. */
	bool afresh;
	/* Their items: struct saying, and struct ensemble, which are held until
	 * all is restored; and of each recording one announcement. */
	struct common_part sayings, ensembles, recordings;
	bool restoring;
	char fault[200]; /* "": nothing that a person could mend */
};

void estate_init(struct estate *e, struct parcel *p);
void estate_done(struct estate *e);

/* Puts what announcements have in common into a word, beside all that refers to
 * it and is told by then; and finds it there, before that. */
void estate_tell_common(struct estate *e, json_t **word);
int estate_hear_common(struct estate *e, const json_t *word);

/* Notes the first fault; returns ERR_INVALID. */
int estate_blame(struct estate *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Put what is not as usual, for there may be thousands of words. */
void word_put_number(
    json_t **word, const char *name, int64_t value, int64_t usual);
void word_put_flag(json_t **word, const char *name, bool is);

/* ---- the nouns -------------------------------------------------------- */

/* announcements.c; the first one that restores what is in common makes it for
 * the others. */
json_t *announcement_save(struct estate *e, const struct announcement *a);
/* The same without what is made of it: of one that has yet to be on air. */
json_t *announcement_save_asked(struct estate *e, const struct announcement *a);
int announcement_restore(struct estate *e, struct playout *p,
    const json_t *word, struct announcement **out);

/* sayings.c: what is said. */
json_t *saying_save(const struct saying *s);
int saying_restore(struct estate *e, struct saying *s, const json_t *word);

/* The same of what a channel speaks with. */
json_t *defaults_save(const struct speech_defaults *d);
int defaults_restore(struct speech_defaults *d, const json_t *word);

/* recordings.c: what is made of it. */
json_t *recording_save(struct estate *e, const struct recording *r);
int recording_restore(
    struct estate *e, struct announcement *a, const json_t *word);

/* music.c: what is mixed. */
json_t *fade_save(const struct fade *f);
void fade_restore(struct fade *f, const json_t *word);
json_t *tail_save(struct estate *e, const struct tail *t);
int tail_restore(struct estate *e, struct tail *t, const json_t *word);
json_t *bed_save(struct estate *e, const struct bed *b);
int bed_restore(struct estate *e, struct bed *b, const json_t *word);

/* queues.c: one who waits; the first of them, and how many, and who, arrive
 * afterwards. */
int queued_restore(struct estate *e, struct playout *p, const json_t *word);
json_t *queue_save(struct estate *e, const struct queue *q);
int queue_restore(struct estate *e, struct playout *p, const json_t *word);
/* The first of these, whom queue_after() follows; NULL: there are none. */
const struct announcement *queue_first_arrival(const struct queue *q);
json_t *arrival_save(struct estate *e, const struct announcement *a);
/* Each in its turn. */
int arrival_restore(struct estate *e, struct playout *p, const json_t *word);

/* playouts.c */
json_t *playout_save(struct estate *e, const struct playout *p);
int playout_restore_all(
    struct estate *e, struct playout *p, const json_t *word);

/* kept.c: what is made ahead, one by one. What the configuration has no place
 * for any more is left out. */
json_t *kept_save(struct estate *e, const struct announcement *a);
int kept_restore(
    struct estate *e, struct shelf *s, struct playout *p, const json_t *word);

/* channels.c: the channel, its place in time, and who reads it. */
json_t *channel_save(struct estate *e, const struct channel *ch);
int channel_restore(struct estate *e, struct channel *ch, const json_t *word);

#endif
