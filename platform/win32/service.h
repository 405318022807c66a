/* Windows services: what entry/daemon.c needs of service.c. */
#ifndef PLATFORM_WIN32_SERVICE_H
#define PLATFORM_WIN32_SERVICE_H

#include <wchar.h>

/* Runs `body` as the service `name`, under the service manager: returns when
 * it has ended. An enum err when there is no service manager above us. */
int service_run(const wchar_t *name, int (*body)(int argc, char **argv),
    int argc, char **argv);

#endif
