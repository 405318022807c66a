/*
 * `NAME service install` and its like, by the service manager. They say what
 * they did, or on standard error why not, and return the exit status.
 */
#ifndef PLATFORM_WIN32_ENTRY_CONTROL_H
#define PLATFORM_WIN32_ENTRY_CONTROL_H

/* A service that is started with the system, with these options; one that is
 * there has them, and this program, from its next start. */
int control_install(const char *name, int argc, char **argv);
/* Stops it, if need be, and removes it, unless it is gone already. */
int control_uninstall(const char *name);
/* Start and stop the service, and wait until it runs, or has ended. None that
 * is there has stopped; the gateway may end at once where it serves nothing. */
int control_start(const char *name);
int control_stop(const char *name);
int control_restart(const char *name);
/* Prints its state; 0 when it runs. */
int control_status(const char *name);

#endif
