/* Who is at the other end of a local socket. */
#ifndef PLATFORM_POSIX_PEER_H
#define PLATFORM_POSIX_PEER_H

#include <stdint.h>

struct peer_credentials {
	int64_t pid; /* 0: unknown */
	int64_t uid; /* -1: unknown */
};

struct peer_credentials peer_credentials(int fd);

#endif
