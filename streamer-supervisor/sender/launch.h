/*
 * What it takes to start an ffmpeg for an address: the URL, a plan, a key,
 * somebody who serves the audio. It starts one or says what is missing;
 * sender.c decides what follows.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_LAUNCH_H
#define STREAMER_SUPERVISOR_SENDER_LAUNCH_H

#include "daemon/file_reader.h"
#include "streamer-supervisor/captioning/captioning.h"
#include "streamer-supervisor/ffmpeg/invocation.h"
#include "streamer-supervisor/heralding/heralding.h"
#include "streamer-supervisor/sender/address.h"
#include "streamer-supervisor/sender/asking.h"
#include "streamer-supervisor/sender/environment.h"
#include "streamer-supervisor/sender/ffmpeg_run.h"
#include "streamer-supervisor/sender/history.h"
#include "streamer-supervisor/sender/keeping.h"
#include "streamer-supervisor/sender/stream_key.h"
#include "streamer-supervisor/sender/view.h"

/* A masked URL has at most so many bytes: masks may be longer than secrets. */
#define LAUNCH_URL_MAX (ADDRESS_MAX + 100)

enum launch_result {
	LAUNCH_DONE,
	LAUNCH_PENDING,  /* `answered` follows: try launch_go_on() */
	LAUNCH_UNSERVED, /* nobody serves the audio, or the picture yet */
	LAUNCH_LACKING,  /* ffmpeg is missing, or lacks something */
	LAUNCH_REFUSED,  /* it failed, and a quick retry won't mend it */
	LAUNCH_FAILED,
	LAUNCH_RESULTS
};

enum launch_pending {
	PENDING_URL,
	PENDING_KEY,
	PENDING_FOLDER,
	PENDING_SERVER,
	PENDING_MEMBERS
};

/* What a group (tee.h) does itself for the addresses of its members. */
struct launch_group {
	/* Begins to prepare what members write to this machine's disk. Returns
	 * false when there is nothing to wait for; else launch_go_on() is to
	 * be called once all is prepared. */
	bool (*prepare)(void *arg);
	/* Makes the command line, afresh at each start, and adds the secrets in
	 * it to those that are known. */
	char **(*argv)(
	    void *arg, const struct invocation *start, struct redact *secrets);
	/* The ffmpeg `pid` was started: its members' captions may be, as of
	 * captioning_start(). */
	void (*caption)(void *arg, int64_t pid, const uint64_t *first_sample);
	/* The ffmpeg is gone, or was not started. Returns false when nothing
	 * was being prepared. */
	bool (*release)(void *arg);
};

/* The holder fills in the first part. */
struct launch {
	const struct environment *env;
	const struct conf_channel *channel;
	const char *socket; /* of the channel's audio */
	struct view view;   /* its first part */
	struct ffmpeg_run *run;
	/* What was pending is there; launch_go_on() is to be called. */
	void (*answered)(void *arg, int err);
	/* The files that ffmpeg writes have grown. */
	void (*grown)(void *arg);
	void *arg;
	const struct launch_group *group; /* NULL: it is for one address */
	void *group_arg;

	struct conf_output conf;       /* borrowed, but for its URL */
	const char *url_key;           /* the key of the URL, for messages */
	struct address *address;       /* NULL: the URL is written down */
	struct file_reader *key;       /* NULL: there is no key_file */
	struct keeping *keeping;       /* of files; NULL: of a group */
	struct asking *asking;         /* whether PUT is taken; NULL: a group */
	struct captioning *captioning; /* NULL: without, or of a group */
	struct heralding *heralding;   /* NULL: of a group */
	bool captioned; /* they were started with the ffmpeg that runs */
	enum launch_pending pending;
	enum keeping_result kept;
	enum asking_result asked;
	struct secret secret; /* for the ffmpeg that is about to start */
	struct plan plan;
	struct redact redact;
	char url[LAUNCH_URL_MAX]; /* masked */
	struct stream_key_said said;
	enum cause cause;     /* why it came to nothing, in a word */
	char why[REASON_MAX]; /* and for a person */
};

/* Prepares to launch for the address of `conf`, or its second one (`backup`);
 * `conf` is NULL for a group. Fails with ERR_INVALID, `e` filled, when that
 * can't work. */
int launch_init(struct launch *l, const struct conf_output *conf, bool backup,
    struct conf_error *e);
void launch_done(struct launch *l);

enum launch_result launch_try(struct launch *l);
/* Goes on with what was pending; `err` is that of `answered`. */
enum launch_result launch_go_on(struct launch *l, int err);
/* Gives up what is pending; false when nothing was. */
bool launch_cancel(struct launch *l);
/* Ends what goes along with an ffmpeg: it is gone. */
void launch_over(struct launch *l);
/* What is said of a launch that was pending for too long, to be followed by the
 * time. */
const char *launch_late_text(const struct launch *l);

/* Starts the captions of the ffmpeg that runs, if its process is known by now,
 * and from where on it reads. */
void launch_caption(struct launch *l);

/* Plans for a URL that another program was told. ERR_INVALID, ERR_NOMEM. */
int launch_set_url(struct launch *l, const char *url);

/* Is all served that is waited for: the audio, and a picture that is coming? */
bool launch_is_served(struct launch *l);
/* Is there a picture that the ffmpeg which was started last does not send? */
bool launch_misses_picture(struct launch *l);
/* Can this ffmpeg do what the plan needs, for all that is known? */
bool launch_is_able(struct launch *l);

#endif
