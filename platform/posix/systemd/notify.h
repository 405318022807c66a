/* What a daemon tells the service manager that started it, by the protocol
 * that sd_notify(3) documents: a datagram to $NOTIFY_SOCKET. */
#ifndef PLATFORM_POSIX_SYSTEMD_NOTIFY_H
#define PLATFORM_POSIX_SYSTEMD_NOTIFY_H

#include <stdbool.h>

/* Is there a service manager that is to be told? */
bool notify_is_wanted(void);

/* Sends lines VARIABLE=VALUE. Without a service manager nothing happens; one
 * that does not read is complained of in the log. */
void notify_send(const char *lines);

#endif
