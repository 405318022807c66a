/* Sockets that the service manager listened at before this daemon was there, by
 * the protocol that sd_listen_fds(3) documents. They stay the manager's: nobody
 * else removes their files. */
#ifndef PLATFORM_POSIX_SYSTEMD_ACTIVATION_H
#define PLATFORM_POSIX_SYSTEMD_ACTIVATION_H

/* Returns the one that listens at `path`, which is the caller's from then on,
 * or -1. */
int activation_take(const char *path);

/* Closes those that nobody took: who connects there would wait for ever. */
void activation_settle(void);

#endif
