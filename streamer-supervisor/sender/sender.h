/*
 * One address that an output is sent to: an ffmpeg under the child state
 * machine.
 *
 * A sender waits while ttsd is not on air; otherwise it starts ffmpeg, watches
 * it, restarts and ends it as the machine (common/child/child.h) says. Every
 * change of its state goes through one place, which logs it and tells the
 * owner.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_SENDER_H
#define STREAMER_SUPERVISOR_SENDER_SENDER_H

#include <jansson.h>

#include "common/child/child.h"
#include "streamer-supervisor/hearing/hearing.h"
#include "streamer-supervisor/receipts/owed.h"
#include "streamer-supervisor/sender/launch.h"

struct sender;

enum sender_role { SENDER_PRIMARY, SENDER_BACKUP, SENDER_ROLES };

extern const char *const sender_role_names[SENDER_ROLES];
const char *sender_role_name(enum sender_role role);

struct sender_spec {
	struct environment *env;
	const char *label;              /* for the log; it is copied */
	const struct conf_output *conf; /* NULL: the sender is a group's */
	const struct conf_timing *timing;
	const struct conf_channel *channel;
	const char *socket;        /* of the channel's audio */
	const char *video;         /* the name of a [video]; "": sound alone */
	enum conf_encoder encoder; /* of its picture */
	enum sender_role role;
	/* The sender left the state `from`. */
	void (*changed)(void *arg, struct sender *s, enum child_state from,
	    const char *reason);
	/* What its ear says of an announcement (ear/words.h). */
	void (*heard)(void *arg, const struct sender *s, json_t *receipt);
	/* What a group's ffmpeg sends to this address does not get there. */
	void (*unheard)(void *arg, const char *why);
	/* For a group (tee.h), else NULL: what it does itself, with `arg`; and
	 * tells which member has failed in the ffmpeg. */
	const struct launch_group *group;
	void (*lost)(void *arg, unsigned index, const char *why);
	void *arg;
};

/* Makes a sender, which is stopped at first. What `spec` points to must outlive
 * it. Fails with ERR_INVALID, `e` filled, when what is configured can't work,
 * and with ERR_NOMEM. */
int sender_new(
    const struct sender_spec *spec, struct sender **out, struct conf_error *e);
/* Kills what still runs. NULL is fine. */
void sender_free(struct sender *s);

/* Walks over all senders in the order in which they were made; `last` is NULL
 * before the first, the result is NULL after the last. */
struct sender *sender_next(
    const struct environment *env, const struct sender *last);

/* Takes the timing of the spec afresh. The sender must be stopped. */
void sender_retime(struct sender *s);

/* None of these waits until it has happened. */
void sender_start(struct sender *s, const char *reason);
void sender_stop(struct sender *s, const char *reason);
/* Another sender, that of a group, sends to this one's address: what comes
 * there is read back, and listened to. NULL: it no longer does. */
void sender_attend(struct sender *s, const struct sender *other);
/* Goes on with an ffmpeg of its own, because the output failed in that of its
 * group. */
void sender_go_alone(struct sender *s, enum cause cause, const char *why);
/* Ends one connection of the ffmpeg, as of process_cut(). */
bool sender_cut(const struct sender *s, int receive_bytes);
void sender_restart(struct sender *s, enum cause cause, const char *reason);
/* Restarts one that runs in a moment in which nothing is said, `spare_ns` from
 * now at most. */
void sender_renew(
    struct sender *s, enum cause cause, const char *why, int64_t spare_ns);
/* Kills the ffmpeg, without grace. */
void sender_kill(struct sender *s);
/* Returns what the program's successor needs to keep it, with its ffmpeg; NULL
 * without memory. */
json_t *sender_hand_over(const struct sender *s, struct parcel *parcel);
/* Goes on with it, after sender_new(). ERR_INVALID, ERR_NOMEM. */
int sender_take_over(
    struct sender *s, struct parcel *parcel, const json_t *word);
/* Has it stopped, and are its captions over? */
bool sender_is_over(const struct sender *s);

/* Tells that what the members of a group write is prepared. */
void sender_prepared(struct sender *s);

/* Tells that ttsd came on air. */
void sender_source_up(struct sender *s);
/* Tells that ttsd is not there; something else may serve the audio. */
void sender_source_absent(struct sender *s);
/* Tells every sender that there may be another answer to env->pictures: who
 * waits for a picture goes on, and who sends sound alone is started afresh with
 * the picture that has come. */
void senders_look(struct environment *env);
/* Tells that ttsd reports this process as one that does not keep up. */
void sender_lagging(struct sender *s, int64_t pid);
/* Tells that nothing is being said on the sender's channel. */
void sender_idle(struct sender *s);
/* Tells that it is known afresh what ffmpeg can do. */
void sender_probed(struct sender *s);

const char *sender_channel(const struct sender *s);
enum sender_role sender_role(const struct sender *s);
enum child_state sender_state(const struct sender *s);
const char *sender_url(const struct sender *s); /* masked */
bool sender_is_alive(const struct sender *s);   /* it has an ffmpeg */
/* Does the sender wait because nobody serves the audio? */
bool sender_is_held(const struct sender *s);
/* How long the present wait is; 0 when it does not wait. */
int64_t sender_backoff_ms(const struct sender *s);

/* Fills in how far the sender is with what it sends; `acks`: also what was
 * acknowledged of it. */
void sender_passing(const struct sender *s, bool acks, struct owed_sender *out);
/* Fills in who listens at its address. */
void sender_listening(const struct sender *s, struct owed_sender *out);
/* The same of one whose ffmpeg reads the sound together with a picture: which
 * samples it has read, as far as that is known. False: it is not. */
bool sender_reading(const struct sender *s, struct owed_reader *out);

/* What there is to measure of a sender. */
struct sender_facts {
	uint64_t restarts;
	uint64_t ends[CAUSE_COUNT];
	uint64_t drops;      /* how often sound was skipped for it */
	int64_t uptime_ns;   /* since sound flows; 0: it does not */
	int64_t out_time_us; /* stream time sent by this or the last run */
	double bitrate_kbps; /* 0: not told */
	double speed;        /* 1 is real time; 0: not told */
	bool pictured;       /* a picture is wanted */
	const char *encoder; /* of the picture that is sent; "": none is */
	/* Of the picture, by this run or the last one: encoded, of these
	 * repeated, and left out. */
	int64_t frames, duplicated, dropped;
	/* Since when there is no more sound, and no more frames, of this or the
	 * last run; -1: there was none. */
	int64_t sound_age_ms, frames_age_ms;
	bool read_back; /* its picture was, with its sound: */
	double ahead_s; /* so far was it ahead */
	bool hears;     /* somebody listens, and has told: */
	struct hearing_facts heard;
	int64_t listeners;      /* that the server has; -1: it does not say */
	const char *last_error; /* masked; "" when there was none */
};
/* Fills in all but what is read back. */
void sender_facts(const struct sender *s, struct sender_facts *out);
/* Fills in what is read back at its address. */
void sender_readings(const struct sender *s, struct sender_facts *out);

/* Return what `status` says of an output (docs/OUTPUTS.md), as far as it is
 * about this address; and of that, what is read back there. */
json_t *sender_status(const struct sender *s);
json_t *sender_readings_status(const struct sender *s);

#endif
