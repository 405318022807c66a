/*
 * How a program starts its successor over itself: the process stays, with its
 * id, so that nobody who knows it notices; the successor gets a parcel
 * (common/parcel.h), and with it connections, listeners and running children.
 * succession.c in each system's folder; win32 cannot, and says so
 * (ERR_UNSUPPORTED).
 *
 * First a child is run from the same file, the trial, which reads a like parcel
 * from its standard input and takes all over that is in it. There are stand-ins
 * for connections and children, so that it does nothing to them. What the
 * trial's program cannot read is found out while the old one goes on.
 */
#ifndef PLATFORM_SUCCESSION_H
#define PLATFORM_SUCCESSION_H

#include "common/parcel.h"
#include "platform/platform.h"

/* 0: this system can. */
int succession_check(void);

/* ---- handing over -------------------------------------------------------
 * These return the word for the document by which it is taken over, NULL
 * without memory. Nothing changes for who hands over: the successor may never
 * come to be. */

json_t *stream_hand_over(const struct stream *s, struct parcel *p);
json_t *listener_hand_over(const struct listener *ln, struct parcel *p);
json_t *process_hand_over(const struct process *pr, struct parcel *p);

/* Notes the program's file and arguments, at its start: the file is looked for
 * again each time, under the same name. `argv` must stay. */
void succession_note(int argc, char **argv);

/* Return the file of the program, as process_spawn() takes it, and the
 * arguments that were noted, NULL-terminated. */
const char *succession_program(void);
const char *const *succession_arguments(void);

/* Notes which file that is now, before it is tried: succession_begin() takes no
 * other (ERR_AGAIN). */
void succession_look(void);

/* Has signals wait, or lets those come that have waited. A child that is
 * spawned meanwhile hears its own. */
void succession_hold_signals(bool hold);

/* Starts the program anew over this process, with the arguments that it was
 * started with, and the variables of process_reserve(). What is not handed over
 * is closed, a child that is not is killed. Returns only where it fails, and
 * then all is as before. */
int succession_begin(struct loop *l, struct parcel *p);

/* ---- taking over -------------------------------------------------------- */

/* Reads what this program has got from the one before it, as whose successor it
 * was started. ERR_NOT_FOUND: it is nobody's. Others as parcel_unpack(). To be
 * called first of all. */
int succession_read(struct parcel *out);
/* Reads what a trial gets. Waits for it. */
int succession_read_trial(struct parcel *out);
bool succession_is_trial(const struct parcel *p);

/* Take over what a word of the document stands for; ERR_INVALID: nothing (any
 * more). A stream has no owner yet. */
int stream_take_over(
    struct loop *l, struct parcel *p, const json_t *word, struct stream **out);
/* The same socket, at the path of before, as listener_new(). */
int listener_take_over(struct loop *l, struct parcel *p, const json_t *word,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out);
/* The same child, as process_spawn(); what it says meanwhile waits.
 * ERR_NOT_FOUND: it has ended, and nobody knows how. */
int process_take_over(struct loop *l, struct parcel *p, const json_t *word,
    const struct process_events *events, void *arg, struct process **out);

/* Closes what nobody has taken over, and kills those children. */
void succession_settle(struct parcel *p);

#endif
