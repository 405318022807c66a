/*
 * Files on a disk that may hang: for child programs that may wait for it, never
 * for the loop of a daemon. files.c in each system's folder.
 */
#ifndef PLATFORM_FILES_H
#define PLATFORM_FILES_H

#include "platform/platform.h"

struct file_facts {
	bool is_folder;
	int64_t bytes;   /* of a file */
	int64_t written; /* when: to compare, in a unit of the system's own */
};

/* Looks at what a path names. ERR_NOT_FOUND. */
int file_look(const char *path, struct file_facts *out);

/* Renames a file within its folder. ERR_IN_USE: something has the new name. */
int file_move(const char *from, const char *to);

int file_remove(const char *path);

/* Writes a file anew: under another name (FILE_NEW_SUFFIX behind it) first,
 * which then replaces what is there, so that nobody ever sees a part of it. */
#define FILE_NEW_SUFFIX ".new"
int file_put(const char *path, const void *data, size_t len);
/* The same for what one user alone may read: whom the file that is there
 * belongs to, else ours. It is on the disk when this returns. ERR_DENIED: it
 * cannot be left to its owner. */
int file_put_private(const char *path, const void *data, size_t len);

/* Waits until no other process holds the folder in which the file lies, and
 * holds it until this process ends: for who reads a file, and then writes it
 * anew. Errors are those of opening it. */
int file_hold(const char *path);

/* Run as root, this process goes on as the user whom that folder belongs to:
 * what it makes there is that user's, and what lies there leads it no further
 * than that user. Without a folder it does nothing. */
int file_become_owner(const char *path);

/* Reads the first bytes of a file, at most `size`; `*len` is how many. */
int file_head(const char *path, uint8_t *data, size_t size, size_t *len);

/* Waits until what was written to a file, by whomever, is on the disk. */
int file_sync(const char *path);

/* Tells whether so many bytes can be written to a new file in a folder; nothing
 * of it is left. ERR_NO_SPACE, ERR_DENIED and the like. */
int folder_try(const char *folder, size_t bytes);

/* Calls `fn` with the name of everything in a folder. `fn` may remove it. */
int folder_each(
    const char *folder, void (*fn)(void *arg, const char *name), void *arg);

#endif
