/* What the files of platform/posix share. */
#ifndef PLATFORM_POSIX_POSIX_H
#define PLATFORM_POSIX_POSIX_H

#include <sys/types.h>
#include <sys/un.h>

#include "common/net/peer_address.h"
#include "common/parcel.h"
#include "platform/loop_core.h"
#include "platform/posix/error.h"

struct loop {
	struct loop_core core;
	ev_signal term, interrupt, hangup, user;
	size_t children; /* process_expect() */
	struct process *processes;
	uint8_t read_buf[STREAM_READ_MAX];
};

/* Takes over a non-blocking descriptor. */
int stream_new(struct loop *l, int fd, struct stream **out);

/* The address of a local socket; ERR_TOO_LONG. */
int posix_address(const char *path, struct sockaddr_un *out);

/* ---- files.c ---------------------------------------------------------- */

/* Writes all of it to a descriptor that blocks. Errors as of posix_err(). */
int posix_write(int fd, const void *data, size_t len);

/* ---- succession.c ----------------------------------------------------- */

/* Adds a descriptor to what the successor gets; the word for it. */
json_t *succession_add(struct parcel *p, int fd);
/* Takes over the descriptor of a word; a stand-in in a trial. ERR_INVALID. */
int succession_take(struct parcel *p, const json_t *word, int *fd);
/* Has that child been handed over, and not been taken over before? */
bool succession_take_child(struct parcel *p, int64_t pid);
/* Appends the ids of all children of a loop. ERR_NOMEM. */
int process_list(const struct loop *l, json_t *list);

/* ---- local.c ---------------------------------------------------------- */

/* A local socket that listens. */
struct local {
	int fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	dev_t dev;
	ino_t ino;
	bool lent; /* by the service manager: its file is not ours */
};

/* Opens a local socket; errors are those of listener_new(), and `path` is ""
 * then. */
int local_open(const char *path, struct local *out);
/* The same of one that another program has opened: takes over `fd`. */
void local_adopt(const char *path, int fd, struct local *out);
/* Lets those in whom admission_set() names. Errors of the system. */
int admission_apply(const char *path);
/* Removes its file. The descriptor stays open: it has another owner. */
void local_remove(const struct local *local);

/* ---- opening.c -------------------------------------------------------- */

/* A socket that listens at an address of common/net/listen_address.h. */
struct opening {
	struct local local; /* its path is "" where it is of TCP */
	char name[sizeof(((struct local *)0)->path)];
};

/* ERR_INVALID for what is no address of this machine; else as
 * listener_new(). The descriptor is the caller's. */
int opening_make(const char *address, struct opening *out);
/* Removes what of it is in the file system. */
void opening_remove(const struct opening *o);

/* Fills in who is at the other end; `out` is all zeroes. */
void peer_look(int fd, struct peer_address *out);

/* ---- acceptor.c ------------------------------------------------------- */

/* Accepts connections, a few in a turn, and rests while there are no more
 * descriptors. */
struct acceptor;

/* Takes over `fd`, which listens, also when it fails. `name` is for the log
 * and must outlive it. The callback takes over a non-blocking descriptor. */
int acceptor_new(struct loop *l, int fd, const char *name,
    void (*accepted)(void *arg, int fd), void *arg, struct acceptor **out);
/* Does what listener_leave() says. */
void acceptor_leave(struct acceptor *a, size_t connections);
/* NULL is fine. */
void acceptor_free(struct acceptor *a);

/* ---- shared.c --------------------------------------------------------- */

/* Its descriptor; -1 for NULL. */
int shared_descriptor(const struct shared *s);

#endif
