/*
 * What ffmpeg says, line by line (common/lines.h): its progress blocks, its
 * complaints, and its lists of what it can do. Pure; any bytes are fine.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_REPORT_H
#define STREAMER_SUPERVISOR_FFMPEG_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `-progress`: blocks of key=value that end in progress=continue|end.
 * Starts as zeroes. */
struct report_progress {
	int64_t out_time_us; /* stream time that was sent; the highest yet */
	double bitrate_kbps; /* mean of the run; 0: not told (RTSP) */
	double speed;        /* of real time; 0: not told yet */
	int64_t coming_us;   /* out_time of the block under way */
};

/* Takes one line. True when it ended a block in which the output had got
 * further: the one sign that sound flows. The last block of a run is none:
 * what it tells of may have been written to a broken connection. */
bool report_progress_line(struct report_progress *p, const char *line);

/* Later ones say more about why a run ended. */
enum report_kind {
	REPORT_NOISE,   /* says nothing to anybody */
	REPORT_NOTE,    /* ffmpeg went on */
	REPORT_ERROR,   /* a symptom */
	REPORT_CAUSE,   /* what lies behind it */
	REPORT_REFUSAL, /* a cause that a quick retry won't mend */
};

/* Judges one line of ffmpeg's standard error. *message is what it says,
 * without "[rtmp @ 0x5581] [error]". */
enum report_kind report_classify(const char *line, const char **message);

/* Is `name` in the output of `ffmpeg -protocols`, -muxers or -encoders? */
bool report_lists(const char *text, size_t len, const char *name);

/* True for a version "5.1…" that is at least major.minor, and for a later
 * one that is built from git ("N-108000-g…"). */
bool report_at_least(const char *version, int major, int minor);

/* The version in ffmpeg's banner, "5.1.9-0+deb12u1"; "" without one. */
void report_version(const char *line, char *out, size_t size);

#endif
