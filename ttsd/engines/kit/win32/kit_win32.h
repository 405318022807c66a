/* What the Windows sides of kit_io.h and kit_child.h share. */
#ifndef TTSD_ENGINES_KIT_WIN32_KIT_WIN32_H
#define TTSD_ENGINES_KIT_WIN32_KIT_WIN32_H

#include <windows.h>

/* Set while input has bytes or is at its end: to be waited for beside other
 * things. */
HANDLE win32_input_event(void);

#endif
