/*
 * The files that a member of a group writes, on this machine's disk or by PUT:
 * the server is asked first (asking.h), as that of any other output is. The
 * keeper (keeping.h) of an output with an ffmpeg of its own belongs to its
 * sender; the group's ffmpeg writes the files of several, so each member has
 * its own.
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_MEMBER_FILES_H
#define STREAMER_SUPERVISOR_OUTPUTS_MEMBER_FILES_H

#include "streamer-supervisor/captioning/captioning.h"
#include "streamer-supervisor/heralding/heralding.h"
#include "streamer-supervisor/sender/asking.h"
#include "streamer-supervisor/sender/monitor.h"

/* The holder fills in the first part; all of it is borrowed. */
struct member_files {
	const struct environment *env;
	const struct conf_output *conf;
	const struct conf_timing *timing;
	const struct plan *plan;
	const struct conf_channel *channel;
	/* Comes once after a member_files_prepare() that returned true, from
	 * the loop, unless they are let go before. `why` is NULL when the place
	 * is ready. */
	void (*prepared)(void *arg, const char *why);
	/* They don't grow though ffmpeg is on air. */
	void (*stuck)(void *arg, enum cause cause, const char *why);
	void *arg;

	struct keeping *keeping;       /* NULL: it writes none on the disk */
	struct asking *asking;         /* NULL: nor any by PUT */
	struct captioning *captioning; /* NULL: without captions */
	struct heralding *heralding;
	bool preparing;
	struct timer *unkept; /* tells that the keeper could not be started */
	struct monitor monitor;
};

/* Fails with ERR_NOMEM or as timer_new(). */
int member_files_init(struct member_files *f);
void member_files_done(struct member_files *f);

/* Begins to prepare their place. Returns false when there is nothing to wait
 * for. */
bool member_files_prepare(struct member_files *f);
/* Looks whether they grow (`on_air`), or looks no longer. */
void member_files_watch(struct member_files *f, bool on_air);
/* Starts their captions: the ffmpeg `pid` was started, and its time 0 is known
 * (captioning_start()). */
void member_files_caption(
    struct member_files *f, int64_t pid, const uint64_t *first_sample);
/* The ffmpeg that writes them is gone, or was not started. */
void member_files_release(struct member_files *f);

/* Return what the program's successor needs to keep them, NULL without memory;
 * and go on with it. Whether they are watched is member_files_watch()'s.
 * ERR_INVALID, ERR_NOMEM. */
json_t *member_files_hand_over(
    const struct member_files *f, struct parcel *parcel);
int member_files_take_over(
    struct member_files *f, struct parcel *parcel, const json_t *word);

/* The number that the first of them is to have. */
int64_t member_files_number(const struct member_files *f);

#endif
