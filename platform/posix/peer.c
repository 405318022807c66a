/*
 * POSIX tells nobody who is at the other end of a local socket, but each system
 * does, by names of its own: Linux and OpenBSD all at once, the others the user
 * by getpeereid() and the process by an option.
 */
#include "platform/posix/peer.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef SO_PEERCRED

#ifdef __OpenBSD__
#define ucred sockpeercred
#endif

struct peer_credentials
peer_credentials(int fd)
{
	struct ucred who;
	socklen_t size = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0)
		return (struct peer_credentials){ .uid = -1 };
	return (struct peer_credentials){ .pid = who.pid, .uid = who.uid };
}

#else

#if defined(LOCAL_PEERPID) /* macOS */

static int64_t
peer_pid(int fd)
{
	pid_t pid;
	socklen_t size = sizeof(pid);

	return getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, &pid, &size) < 0 ? 0
									 : pid;
}

#elif defined(__FreeBSD__)
#include <sys/ucred.h>

static int64_t
peer_pid(int fd)
{
	struct xucred who;
	socklen_t size = sizeof(who);

	return getsockopt(fd, SOL_LOCAL, LOCAL_PEERCRED, &who, &size) < 0
		   ? 0
		   : who.cr_pid;
}

#else

static int64_t
peer_pid(int fd)
{
	(void)fd;
	return 0;
}

#endif

struct peer_credentials
peer_credentials(int fd)
{
	struct peer_credentials who = { .uid = -1 };
	uid_t user;
	gid_t group;

	if (getpeereid(fd, &user, &group) == 0)
		who = (struct peer_credentials){ .pid = peer_pid(fd),
			.uid = user };
	return who;
}

#endif
