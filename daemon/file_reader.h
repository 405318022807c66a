/*
 * Reads a file while the loop runs on. A network file system that hangs, or a
 * FIFO that was put where a file should be, holds up nobody: a child of this
 * same program reads, and is killed when it has not done so in time.
 *
 * The reader is a child rather than a thread: what hangs in the kernel can be
 * killed but not joined, and a daemon of one thread stays one.
 */
#ifndef DAEMON_FILE_READER_H
#define DAEMON_FILE_READER_H

#include "platform/platform.h"

/* A file that was not read within this time counts as unreadable. */
#define FILE_READER_PATIENCE_NS (5 * NS_PER_S)
/* The first word of the child's command line. */
#define FILE_READER_OPTION "--read-file"
/* Longest file that the child reads, in bytes. */
#define FILE_READER_MAX ((size_t)4 * 1024 * 1024)

struct file_reader;

/* Makes a reader of files of at most `max` bytes. Each file_reader_start()
 * that returned 0 is followed by one call of `done`, unless it is cancelled:
 * with 0, or the error for which there is no text (ERR_NOT_FOUND: there is no
 * such file). `done` may free the reader. Fails with ERR_NOMEM. */
int file_reader_new(struct loop *l, size_t max, void (*done)(void *arg, int rc),
    void *arg, struct file_reader **out);
/* NULL is fine. */
void file_reader_free(struct file_reader *r);

/* Begins to read; a reading that is under way is given up. Errors are those of
 * path_self() and process_spawn(); file_reader_why() says them too. */
int file_reader_start(struct file_reader *r, const char *path);
/* Gives the reading up, without a call of `done`. Returns false when nothing
 * was being read. */
bool file_reader_cancel(struct file_reader *r);

/* The text that was read; it lives until the next start. */
const struct buf *file_reader_text(const struct file_reader *r);
/* What path_is_private() said of the file when it was read. */
bool file_reader_is_private(const struct file_reader *r);
/* Why there is no text: for a person, to be put behind the file's name. */
const char *file_reader_why(const struct file_reader *r);

/* What the child does: writes the file to standard output. Returns its exit
 * status. */
int file_reader_run(const char *path);

#endif
