/* What the POSIX sides of kit_io.h and kit_child.h share. */
#ifndef TTSD_ENGINES_KIT_POSIX_KIT_POSIX_H
#define TTSD_ENGINES_KIT_POSIX_KIT_POSIX_H

#include "platform/posix/error.h"
#include "platform/posix/spawn.h"

/* The descriptors that frames come in and go out on, to be polled beside
 * others. */
int posix_input_fd(void);
int posix_output_fd(void);

#endif
