/* A database that is of no use is kept, under another name. */
#ifndef TTSD_LEDGER_ASIDE_H
#define TTSD_LEDGER_ASIDE_H

#include <stdbool.h>
#include <stddef.h>

/* Renames the database at `path`, and its log beside it, to the first free name
 * of PATH.aside-1 and so on, which goes to `out`. Fails as file_move(). */
int aside_put(const char *path, char *out, size_t size);

/* Was one ever put aside? */
bool aside_is_there(const char *path);

#endif
