/*
 * The programs that a supervisor starts, played in the fake world: ffmpegs
 * that send, that are asked what they can do or that read a stream back;
 * url_command (/fake/ask); the reader of files; keepers (keepers.h);
 * pictures (easels.h); ears (listeners.h). They do what goes well, unless a
 * test asks for a mishap.
 */
#ifndef TESTS_SIM_ENCODER_H
#define TESTS_SIM_ENCODER_H

#include "tests/fake/fake.h"

/* A sender that is well reports progress so often. */
#define ENCODER_BEAT_NS (200 * NS_PER_MS)
/* A sender ends so long after it was asked to. */
#define ENCODER_END_NS (50 * NS_PER_MS)

#define MISHAPS(X)                                               \
	X(NONE, "none")                                          \
	X(NO_SPAWN, "it can't be started")                       \
	X(CANNOT_RUN, "it is no program")                        \
	X(FAILS, "it is refused a connection")                   \
	X(REFUSED, "its peer says no for good")                  \
	X(NO_PLAYER, "who connects to it is no player")          \
	X(MUTE, "it ends and says nothing")                      \
	X(SILENT, "it never gets anywhere")                      \
	/* The mishaps from here on come after it has sent. */   \
	X(STALLS, "it stands still")                             \
	X(FREEZES, "its picture stands still")                   \
	X(DIES, "it crashes")                                    \
	X(ENDS, "its input ends")                                \
	X(BREAKS, "its connection breaks")                       \
	X(UNACKED, "its peer takes nothing")                     \
	X(LOSES, "it gives up its first slave")                  \
	X(CHATTERS, "it never stops complaining")                \
	X(STUBBORN, "it stands still and can't be asked to end") \
	X(STUCK, "it stands still and can't be killed for a while")

enum mishap {
#define X(name, text) MISHAP_##name,
	MISHAPS(X)
#undef X
	    MISHAP_COUNT
};

const char *mishap_text(enum mishap mishap);

/* Plays every process that is started from now on. */
void encoders_begin(void);

/* The next `times` senders that have `part` in their command line (NULL: any)
 * have that mishap; those of its second half after `beats`. */
void encoders_mishap(
    const char *part, enum mishap mishap, unsigned times, unsigned beats);
/* Gives `percent` of the senders a mishap, at random. */
void encoders_chance(uint64_t seed, unsigned percent);

/* The sender with `part` in its command line that has not ended; NULL. */
struct process *encoders_find(const char *part);
/* How many senders have not ended, and how many there were. */
size_t encoders_living(void);
size_t encoders_started(void);
/* Ends the input of those that have `part` in their command line. */
void encoders_cut(const char *part);
/* Has a player connect to a listener. */
void encoders_play(const char *part);

/* ffmpeg lacks it from now on (NULL: nothing), or can't be run. */
void encoders_lack(const char *name);
void encoders_missing(bool missing);
/* The encoder of that name works, when it is tried for a frame; NULL: none but
 * libx264 does. */
void encoders_hardware(const char *name);
/* Trying that one never comes to an end; NULL: none. */
void encoders_hang(const char *name);
/* How often an encoder was tried. */
size_t encoders_tried(void);
/* A sender does not notice that a connection of its was ended. */
void encoders_unmoved(bool unmoved);
/* Streams can be read back. */
void encoders_readable(bool readable);
/* What is read back has no frames, though it says that it has a picture. */
void encoders_dark(bool dark);
/* What is read back has no sound, though it says that it has. */
void encoders_dumb(bool dumb);
/* The picture that is read back is so far ahead of the sound. */
void encoders_apart(int ms);

/* Has url_command, or the asker of a server, print `text`, and exit after that
 * time; INT64_MAX: never. */
void encoders_answer(const char *text, int code, int64_t after_ns);
#endif
