/*
 * The engines of a simulated ttsd: every worker that it spawns becomes a
 * speaker, which answers jobs as docs/ENGINE.md says, or wrongly, as it is
 * told.
 *
 * The sound of a text is a function of the text and the sample's number, so
 * that a test can tell every sample of a stream: speaker_sample(). Each word
 * has a mark, each letter lasts SPEAKER_LETTER_MS. Clips are "ding" and
 * "music"; what loops goes on until it is cancelled.
 */
#ifndef TESTS_SIM_SPEAKER_H
#define TESTS_SIM_SPEAKER_H

#include "tests/fake/fake.h"

#define SPEAKER_LETTER_MS 40
/* A speaker makes so much sound at a time. */
#define SPEAKER_CHUNK_MS 20

/* What a worker can do wrong. */
#define FAULTS(X)                                               \
	X(NONE, "none")                                         \
	/* before it is ready */                                \
	X(NO_SPAWN, "the system spawns nothing")                \
	X(NO_PROGRAM, "the program is not there")               \
	X(DIES_AT_ONCE, "dies before HELLO")                    \
	X(NEVER_READY, "never says HELLO")                      \
	X(WRONG_HELLO, "speaks another protocol")               \
	X(EMPTY_HELLO, "says HELLO with no JSON")               \
	X(EARLY_SOUND, "sends sound before HELLO")              \
	/* at a job */                                          \
	X(DIES_AT_JOB, "dies before the first sound")           \
	X(DIES_MID_SOUND, "dies in the midst of the sound")     \
	X(DIES_AFTER_MARK, "dies between a mark and its sound") \
	X(DIES_BEFORE_END, "dies after the last sound")         \
	X(HOLDS_PIPES, "dies, and its child holds the pipes")   \
	X(GARBAGE, "sends bytes that are no frame")             \
	X(HALF_SAMPLE, "sends half a sample")                   \
	X(HALF_FRAME, "sends half a frame and dies")            \
	X(HUGE_FRAME, "announces a frame of a gigabyte")        \
	X(WRONG_FRAME, "sends what is ttsd's to send")          \
	X(BROKEN_MARK, "sends a mark that is no JSON")          \
	X(SILENT, "says nothing more")                          \
	X(SILENT_MID_SOUND, "says nothing more in the midst")   \
	X(STUCK, "says nothing, and nothing ends it")           \
	X(END_TWICE, "ends its job twice")                      \
	/* what is no fault of the worker */                    \
	X(ERROR, "answers with an error")                       \
	X(ERROR_MID_SOUND, "answers with an error in the midst of the sound")

enum fault {
#define X(name, text) FAULT_##name,
	FAULTS(X)
#undef X
	    FAULT_COUNT
};

const char *fault_text(enum fault fault);

/* Plays the engines of the world, before it is used; nothing goes wrong at
 * first. */
void speakers_begin(void);
/* The next `times` workers of that engine (NULL: any), or jobs of theirs, go
 * wrong so. Replaces what was to go wrong before. */
void speakers_fault(const char *engine, enum fault fault, unsigned times);
/* Sets how much sound is made in a second, in percent of a second: 400 at
 * first. */
void speakers_speed(unsigned percent);

/* Sets the time from a start to HELLO; 0 at first. */
void speakers_warm_up(int64_t ns);

/* How many jobs were begun so far. */
size_t speakers_jobs(void);

int16_t speaker_sample(const char *text, uint64_t n);
uint64_t speaker_samples(const char *text, uint32_t rate_hz);

#endif
