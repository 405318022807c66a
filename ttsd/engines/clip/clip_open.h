/*
 * Opens a clip by its path in UTF-8: what libsndfile itself does on POSIX, and
 * by another name on Windows. clip_open.c in each system's folder.
 */
#ifndef TTSD_ENGINES_CLIP_CLIP_OPEN_H
#define TTSD_ENGINES_CLIP_CLIP_OPEN_H

#include <sndfile.h>

/* Opens a file for reading; errors are those of sf_open(). */
SNDFILE *clip_open(const char *path, SF_INFO *info);

#endif
