/*
 * What ffmpeg complains of on its standard error, line by line
 * (common/lines.h). Pure; any bytes are fine.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_MESSAGES_H
#define STREAMER_SUPERVISOR_FFMPEG_MESSAGES_H

/* Later ones say more about why a run ended. */
enum message_kind {
	MESSAGE_NOISE,   /* says nothing to anybody */
	MESSAGE_NOTE,    /* ffmpeg went on */
	MESSAGE_ERROR,   /* a symptom */
	MESSAGE_CAUSE,   /* what lies behind it */
	MESSAGE_REFUSAL, /* a cause that a quick retry won't mend */
};

/* What is complained of, where that decides something. */
enum message_code {
	MESSAGE_OTHER,
	/* A peer went away, or does not speak the protocol: EIO. */
	MESSAGE_IO,
};

struct message {
	enum message_kind kind;
	enum message_code code;
	const char *text; /* for people; within the line */
};

/* What a protocol says that others say in another sense. */
struct messages_sense {
	const char *fragment; /* of the line */
	const char *means;    /* a cause that passes */
};

/* Judges one line of ffmpeg's standard error. Its text is without
 * "[rtmp @ 0x5581] [error]". `sense`: of the protocol; NULL: none. */
struct message messages_classify(
    const char *line, const struct messages_sense *sense);

#endif
