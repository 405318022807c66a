/*
 * Takes what an outside program writes to standard error: lines for the log,
 * and the last of them for the reason why a job failed. One program at a time.
 */
#ifndef TTSD_ENGINES_KIT_KIT_COMPLAINT_H
#define TTSD_ENGINES_KIT_KIT_COMPLAINT_H

#include <stddef.h>

/* Another program starts; its name is copied. */
void kit_complaint_begin(const char *name);
void kit_complaint_put(const void *data, size_t len);
/* Ends the program's lines: what is left without a newline is a line too. */
void kit_complaint_end(void);

/* Returns the program's last line, or "". */
const char *kit_complaint(void);

#endif
