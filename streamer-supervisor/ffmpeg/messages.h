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

/* Judges one line of ffmpeg's standard error. *message is what it says,
 * without "[rtmp @ 0x5581] [error]". */
enum message_kind messages_classify(const char *line, const char **message);

#endif
