/* The two walls of a sandbox that the kernel may not have. */
#ifndef PLATFORM_POSIX_LINUX_SANDBOX_WALLS_H
#define PLATFORM_POSIX_LINUX_SANDBOX_WALLS_H

#include <stdbool.h>

#include "platform/posix/sandbox.h"

/* Each returns whether its wall stands now. */
bool sandbox_close_files(const struct sandbox *s);
bool sandbox_close_calls(const struct sandbox *s);

#endif
