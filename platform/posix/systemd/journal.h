/* The log in systemd's journal, by its own protocol (systemd.journal-fields(7),
 * "Native Journal Protocol"): a line comes with its pairs key=value as fields,
 * so that `journalctl CHANNEL=main` finds it. */
#ifndef PLATFORM_POSIX_SYSTEMD_JOURNAL_H
#define PLATFORM_POSIX_SYSTEMD_JOURNAL_H

#include <stdbool.h>

#include "common/log.h"

/* Does standard error lead to the journal? */
bool journal_is_behind_stderr(void);

/* Writes a line; false: the journal does not take it just now. */
bool journal_write(const char *program, enum log_level level, const char *line);

/* The priority of a level, as syslog(3) counts. */
int journal_priority(enum log_level level);

#endif
