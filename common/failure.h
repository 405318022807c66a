/*
 * Why a job of an engine failed: a code that decides, and a text for people.
 * The names go over the wire (docs/ENGINE.md).
 */
#ifndef COMMON_FAILURE_H
#define COMMON_FAILURE_H

#include <stdbool.h>

#define FAILURES(X)                       \
	X(UNKNOWN_VOICE, "unknown-voice") \
	X(BAD_REQUEST, "bad-request")     \
	X(UNREADABLE, "unreadable")       \
	X(FAILED, "failed")               \
	X(CRASHED, "crashed")             \
	X(UNAVAILABLE, "unavailable")

enum failure_code {
#define X(name, text) FAILURE_##name,
	FAILURES(X)
#undef X
	    FAILURE_COUNT
};

const char *failure_name(enum failure_code code);

/* Finds the code of that name. For an unknown name it returns false, and `out`
 * is FAILURE_FAILED. */
bool failure_find(const char *name, enum failure_code *out);

/* Is the engine at fault, rather than the request? Then the caller may try
 * another engine. */
bool failure_is_engines(enum failure_code code);

struct failure {
	enum failure_code code;
	const char *text; /* for people; not owned, valid during the call that
			     passes it on */
};

#endif
