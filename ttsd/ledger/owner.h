/*
 * Whose the ledger is: one ttsd's, for as long as that lives, whatever becomes
 * of its ledger. The lock on the database ends with the ledger, and another
 * ttsd on the same state directory would have it before the first has started
 * its ledger again; so a file beside the database holds the mark of the ttsd
 * (platform/process_mark.h). What is not whole there is nobody's.
 */
#ifndef TTSD_LEDGER_OWNER_H
#define TTSD_LEDGER_OWNER_H

#include <stddef.h>
#include <stdint.h>

#include "platform/process_mark.h"

#define OWNER_FILE "ledger.owner"

/* process_mark(), or what a test puts in its place. */
typedef int owner_mark(int64_t pid, char *out, size_t size);

/* Returns the id of the process whose mark that text, which ends with a line's
 * end, is, if it lives and its mark is not `ours`; 0: it is nobody's, or we
 * have it. */
int64_t owner_judge(
    const char *text, size_t len, const char *ours, owner_mark *mark);

/* The same of the text of a file. One that cannot be read is nobody's. */
int64_t owner_other(const char *path, const char *ours);

/* Has the file hold the mark `ours`. Fails as file_put(). */
int owner_put(const char *path, const char *ours);

#endif
