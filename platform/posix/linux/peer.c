#include "platform/posix/peer.h"

#include <sys/socket.h>

struct peer_credentials
peer_credentials(int fd)
{
	struct ucred who;
	socklen_t size = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0)
		return (struct peer_credentials){ .uid = -1 };
	return (struct peer_credentials){ .pid = who.pid, .uid = who.uid };
}
