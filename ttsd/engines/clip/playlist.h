/*
 * Lists of clips, as music players write them (M3U, in UTF-8): a file name in
 * each line, lines that begin with '#' are none. Pure.
 */
#ifndef TTSD_ENGINES_CLIP_PLAYLIST_H
#define TTSD_ENGINES_CLIP_PLAYLIST_H

#include <stdbool.h>
#include <stddef.h>

/* A list has at most so many bytes. */
#define PLAYLIST_BYTES (256 * 1024)

/* Is that a list, by its extension (m3u, m3u8)? */
bool playlist_is(const char *path);

/* Finds the next name in *rest, and moves that behind it; false: there is none
 * any more. Blanks at its ends and a byte order mark are not of it, nor is the
 * folder that it may begin with: a list and its clips lie in one. */
bool playlist_next(const char **rest, const char **name, size_t *len);

#endif
