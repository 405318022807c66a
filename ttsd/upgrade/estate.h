/*
 * What is on air, from one ttsd to its successor: each noun has a function that
 * makes a word of the document of it, NULL without memory, and one that
 * makes it again of such a word. The same functions run in the trial of a new
 * program, on stand-ins.
 *
 * Those that restore fail with ERR_NOMEM, or with ERR_INVALID where the word is
 * not as this version writes it, or where the configuration has no place for it
 * any more; estate_blame() then tells what for.
 */
#ifndef TTSD_UPGRADE_ESTATE_H
#define TTSD_UPGRADE_ESTATE_H

#include "common/parcel.h"
#include "ttsd/air/channel.h"
#include "ttsd/queue/ensemble.h"

/* What several announcements have in common, by number. */
struct common_part {
	const void **items;
	size_t count, cap;
	json_t *saved; /* a list of their words */
};

struct estate {
	struct parcel *parcel;
	struct loop *loop;
	bool trial;
	/* Finds an engine of the configuration; NULL: it has none such. */
	struct engine *(*engine)(const void *arg, const char *name);
	const void *arg;
	struct common_part sayings, recordings, ensembles;
	char fault[200]; /* "": nothing that a person could mend */
};

void estate_init(struct estate *e, struct parcel *p);
void estate_done(struct estate *e);

/* Puts what announcements have in common into the document, behind all that
 * refers to it; and finds it there, before that. */
void estate_seal(struct estate *e);
int estate_open(struct estate *e);

/* Notes the first fault; returns ERR_INVALID. */
int estate_blame(struct estate *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Put what is not as usual, for there may be thousands of words. */
void word_put_number(
    json_t **word, const char *name, int64_t value, int64_t usual);
void word_put_flag(json_t **word, const char *name, bool is);

/* Returns the number of an item, and whether it is a new one. Fails with
 * ERR_NOMEM. */
int common_number(struct common_part *c, const void *item, bool *fresh);

/* ---- the nouns -------------------------------------------------------- */

/* announcements.c; the first one that restores what is in common makes it for
 * the others. */
json_t *announcement_save(struct estate *e, const struct announcement *a);
int announcement_restore(struct estate *e, struct playout *p,
    const json_t *word, struct announcement **out);

/* sayings.c: what is said. */
json_t *saying_save(const struct saying *s);
int saying_restore(
    struct estate *e, struct announcement *a, const json_t *word);

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

/* playouts.c */
json_t *playout_save(struct estate *e, const struct playout *p);
int playout_restore_all(
    struct estate *e, struct playout *p, const json_t *word);

/* channels.c: the channel, its place in time, and who reads it. */
json_t *channel_save(struct estate *e, const struct channel *ch);
int channel_restore(struct estate *e, struct channel *ch, const json_t *word);

#endif
