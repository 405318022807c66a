/* What `picture` says to its parent, as messages of its log. Formats are for
 * printf() and scanf() alike: long long, unsigned long long. */
#ifndef STREAMER_SUPERVISOR_PICTURE_WORDS_H
#define STREAMER_SUPERVISOR_PICTURE_WORDS_H

/* How it is: a JSON object follows (status.h). */
#define PICTURE_STATUS "status "
/* A line of the source of frames, in its own words, follows. */
#define PICTURE_SAID "said "
/* A reader has got its time 0: its process (0: unknown), and which sample that
 * is. */
#define PICTURE_READER_BEGUN "reader pid=%lld first_sample=%llu"
/* One is too slow, and sound is left out for it. */
#define PICTURE_READER_LAGS "reader pid=%lld lags"

#endif
