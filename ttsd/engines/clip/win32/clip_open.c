/* Windows side of clip_open.h. */
/* Has sndfile.h declare sf_wchar_open(). */
#define ENABLE_SNDFILE_WINDOWS_PROTOTYPES 1

#include "ttsd/engines/clip/clip_open.h"

#include <stdlib.h>

#include "platform/win32/utf16.h"

SNDFILE *
clip_open(const char *path, SF_INFO *info)
{
	wchar_t *name = utf16_dup(path);
	SNDFILE *file = name ? sf_wchar_open(name, SFM_READ, info) : NULL;

	free(name);
	return file;
}
