/* POSIX side of clip_open.h. */
#include "ttsd/engines/clip/clip_open.h"

SNDFILE *
clip_open(const char *path, SF_INFO *info)
{
	return sf_open(path, SFM_READ, info);
}
