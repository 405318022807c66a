/* What the files of platform/posix share. */
#ifndef PLATFORM_POSIX_POSIX_H
#define PLATFORM_POSIX_POSIX_H

#include <ev.h>

#include "platform/platform.h"

struct loop {
	struct ev_loop *ev;
	void (*on_signal)(void *arg, enum loop_signal signal);
	void *signal_arg;
	ev_signal term, interrupt, hangup;
	struct ev_io defer; /* never started; fed to run the tasks */
	struct loop_task *tasks, **tasks_end;
	uint8_t read_buf[STREAM_READ_MAX];
};

/* The enum err for an errno. */
int posix_err(int number);

/* Takes over a non-blocking descriptor. */
int stream_new(struct loop *l, int fd, struct stream **out);

/* The address of a local socket; ERR_TOO_LONG. */
struct sockaddr_un;
int posix_address(const char *path, struct sockaddr_un *out);

#endif
