/* What the program `captions` says to its parent, in lines on standard output.
 * What is amiss it says in plain lines on standard error. */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_WORDS_H
#define STREAMER_SUPERVISOR_CAPTIONS_WORDS_H

/* It has begun. */
#define CAPTIONS_READY "ready"
/* A segment has got its captions; their name follows. */
#define CAPTIONS_WROTE "wrote "

#endif
