/*
 * What ffmpeg complains of on its standard error, line by line
 * (common/lines.h). Pure; any bytes are fine.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_MESSAGES_H
#define STREAMER_SUPERVISOR_FFMPEG_MESSAGES_H

/* The later in this list, the more a message says about why a run ended. */
enum message_kind {
	MESSAGE_NOISE,   /* says nothing to anybody */
	MESSAGE_NOTE,    /* ffmpeg went on */
	MESSAGE_VAGUE,   /* an error in words that explain nothing */
	MESSAGE_ERROR,   /* a symptom */
	MESSAGE_CAUSE,   /* what lies behind it */
	MESSAGE_VAIN,    /* the same, but ffmpeg goes on as if all were well */
	MESSAGE_REFUSAL, /* a cause that a quick retry won't mend */
};

/* What a message complains of, where that decides something. */
enum message_code {
	MESSAGE_OTHER,
	/* A peer went away, or does not speak the protocol: EIO. */
	MESSAGE_IO,
};

struct message {
	enum message_kind kind;
	enum message_code code;
	const char *text; /* for people; points into the line */
};

/* A message that one protocol means in another sense than the rest. */
struct messages_sense {
	const char *fragment; /* of the line */
	const char *means;    /* the cause it tells of, which passes */
};

/* Judges one line of ffmpeg's standard error. The message's text leaves out
 * "[rtmp @ 0x5581] [error]". `sense` is the protocol's, or NULL. */
struct message messages_classify(
    const char *line, const struct messages_sense *sense);

#endif
