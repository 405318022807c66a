/* macOS and the BSDs tell the user; POSIX tells nothing. */
#include "platform/posix/peer.h"

#include <unistd.h>

struct peer_credentials
peer_credentials(int fd)
{
	struct peer_credentials who = { .uid = -1 };
#if defined(__APPLE__) || defined(__FreeBSD__) || defined(__OpenBSD__) || \
    defined(__NetBSD__) || defined(__DragonFly__)
	uid_t user;
	gid_t group;

	if (getpeereid(fd, &user, &group) == 0)
		who.uid = user;
#else
	(void)fd;
#endif
	return who;
}
