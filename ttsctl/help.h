/* The help, and what is said of a command that there is none. */
#ifndef TTSCTL_HELP_H
#define TTSCTL_HELP_H

#include "ttsctl/ttsctl.h"

void help_print(void);
void help_print_command(const struct command *command);
void help_print_version(void);

/* Finds the command of that name, or complains. */
enum status help_find(
    const struct call *call, const char *name, const struct command **out);

#endif
