#include "platform/posix/systemd/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "platform/platform.h"

static struct log_limit complaints = { .every_ns = 60 * NS_PER_S, .burst = 3 };

bool
notify_is_wanted(void)
{
	return getenv("NOTIFY_SOCKET") != NULL;
}

static void
complain_of(const char *lines)
{
	if (log_allow(&complaints, clock_now_ns()))
		log_warning(
		    "the service manager cannot be told %.*s: nobody reads "
		    "the socket of NOTIFY_SOCKET; it may take this daemon "
		    "for one that does not start or stop",
		    (int)strcspn(lines, "\n"), lines);
}

void
notify_send(const char *lines)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len;
	int fd;

	if (path == NULL || strlen(path) >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, strlen(path));
	len =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	if (sendto(fd, lines, strlen(lines), MSG_NOSIGNAL,
		(struct sockaddr *)&address, len) < 0)
		complain_of(lines);
	close(fd);
}
