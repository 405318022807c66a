/*
 * Reads a file while the loop runs on. A network file system that hangs, or a
 * FIFO that was put where a file should be, holds up nobody: a child of this
 * same program reads, and is killed when it has not done so in time.
 *
 * A child rather than a thread: what hangs in the kernel can be killed but
 * not joined, and a daemon of one thread stays one.
 */
#ifndef DAEMON_FILE_READER_H
#define DAEMON_FILE_READER_H

#include "platform/platform.h"

/* A file is there within this time, or counts as unreadable. */
#define FILE_READER_PATIENCE_NS (5 * NS_PER_S)
/* The first word of the child's command line. */
#define FILE_READER_OPTION "--read-file"
/* Longest file that the child reads, in bytes. */
#define FILE_READER_MAX ((size_t)4 * 1024 * 1024)

struct file_reader;

/* Of files of at most `max` bytes. `done` follows each file_reader_start():
 * with 0, or why there is no text; it may free the reader. */
int file_reader_new(struct loop *l, size_t max, void (*done)(void *arg, int rc),
    void *arg, struct file_reader **out);
/* NULL is fine. */
void file_reader_free(struct file_reader *r);

/* Begins to read; what is being read is given up. */
int file_reader_start(struct file_reader *r, const char *path);
/* False: nothing was being read. */
bool file_reader_cancel(struct file_reader *r);

/* What was read; it lives until the next start. */
const struct buf *file_reader_text(const struct file_reader *r);
/* path_is_private() of what was read. */
bool file_reader_is_private(const struct file_reader *r);
/* Why there is none: for a person, after the name of what is read. */
const char *file_reader_why(const struct file_reader *r);

/* What the child does: writes the file to standard output. Returns its exit
 * status. */
int file_reader_run(const char *path);

#endif
