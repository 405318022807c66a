/* What the program `ear` says to its parent, in lines on standard output: each
 * is one of these words, and of the last two a JSON object behind it. What is
 * amiss it says in plain lines on standard error. */
#ifndef STREAMER_SUPERVISOR_EAR_WORDS_H
#define STREAMER_SUPERVISOR_EAR_WORDS_H

/* It has begun. */
#define EAR_READY "ready"
/* What is heard: `state` (heard_state_name()), `delay_ms` (-1: not known),
 * `level_db`, `drop_outs`, `why` (nothing can be read, or ""). At every change,
 * at most four times a second; and once a second where nothing changes, for who
 * says nothing is taken for dead. */
#define EAR_HEARD "heard "
/* What became of an announcement: `id`, `state` (`heard`, `missed`, `unknown`);
 * of one that was heard its `delay_ms` and `confidence`, else the `reason`. */
#define EAR_RECEIPT "receipt "

#endif
