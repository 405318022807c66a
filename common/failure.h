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
	X(UNAVAILABLE, "unavailable")

enum failure_code {
#define X(name, text) FAILURE_##name,
	FAILURES(X)
#undef X
	    FAILURE_COUNT
};

const char *failure_name(enum failure_code code);

/* The code of that name; false, and FAILURE_FAILED, for any other. */
bool failure_find(const char *name, enum failure_code *out);

/* Is the engine at fault, rather than what was asked of it? Another engine is
 * worth a try then. */
bool failure_is_engines(enum failure_code code);

struct failure {
	enum failure_code code;
	const char *text; /* why; valid for as long as it is handed on */
};

#endif
