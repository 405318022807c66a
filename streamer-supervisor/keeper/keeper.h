/*
 * The keeper of an output's files: a child program of the supervisor, for a
 * disk may hang, and the loop waits for none.
 *
 *   streamer-supervisor --keep-files KIND PATH...
 *
 * Before ffmpeg starts it sees that the folder is there and has room, and that
 * nothing which was recorded is written over: an older file of the same name is
 * moved aside, to "NAME.1.mp3". Segments that no list names any more it
 * removes. Then it writes "ready N", where N is the number that ffmpeg is to
 * begin with, and once a second it looks whether the files grow ("grown"),
 * has the disk take what was recorded, and moves aside what has the name that
 * comes next. What keeps it from being ready it says in a line on standard
 * error.
 */
#ifndef STREAMER_SUPERVISOR_KEEPER_KEEPER_H
#define STREAMER_SUPERVISOR_KEEPER_KEEPER_H

/* The first word of its command line. */
#define KEEPER_OPTION "--keep-files"

/* KIND, and what PATH is of it. */
#define KEEPER_HLS "hls"         /* the lists of segments */
#define KEEPER_DASH "dash"       /* the manifest */
#define KEEPER_CLOCK "clock"     /* a pattern of strftime(3) */
#define KEEPER_NUMBERS "numbers" /* a pattern with %05d */

/* What it writes. */
#define KEEPER_READY "ready "
#define KEEPER_GROWN "grown"

/* Its exit statuses where it is not ready. */
enum { KEEPER_FAILED = 1, KEEPER_REFUSED = 2 };

/* What the child does, with the words behind KEEPER_OPTION. Returns its exit
 * status. */
int keeper_run(int argc, char *const *argv);

#endif
