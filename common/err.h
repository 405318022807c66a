/*
 * Error codes shared by every module.
 *
 * Functions return 0 or a negative enum err; errno and Win32 codes are
 * translated inside platform/ and go no further.
 */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

#define ERR_LIST(X)                                 \
	X(NOMEM, "out of memory")                   \
	X(INVALID, "invalid value")                 \
	X(TOO_LONG, "too long")                     \
	X(FULL, "full")                             \
	X(AGAIN, "try again later")                 \
	X(END, "end of file")                       \
	X(CLOSED, "closed by the other side")       \
	X(REFUSED, "connection refused")            \
	X(IN_USE, "already in use")                 \
	X(NOT_FOUND, "no such file")                \
	X(DENIED, "permission denied")              \
	X(UNTRUSTED, "not to be trusted")           \
	X(NOT_DIR, "not a directory")               \
	X(READ_ONLY, "read-only file system")       \
	X(NO_SPACE, "no space left on device")      \
	X(NO_FILES, "too many open files")          \
	X(NOT_PROGRAM, "not an executable program") \
	X(IS_FOLDER, "it is a folder, not a file")  \
	X(IS_FIFO, "it is a FIFO, not a file")      \
	X(IS_SOCKET, "it is a socket, not a file")  \
	X(IS_DEVICE, "it is a device, not a file")  \
	X(TIMEOUT, "timed out")                     \
	X(IO, "input/output error")                 \
	X(UNSUPPORTED, "not supported on this system")

enum err_index {
#define X(name, text) ERR_INDEX_##name,
	ERR_LIST(X)
#undef X
	    ERR_COUNT
};

enum err {
#define X(name, text) ERR_##name = -1 - ERR_INDEX_##name,
	ERR_LIST(X)
#undef X
};

/* A short English phrase; for 0 "success". Never NULL. */
const char *err_text(int err);

#endif
