/* The help, and what is said of a command that there is none. */
#ifndef TTSCTL_HELP_H
#define TTSCTL_HELP_H

#include "ttsctl/option.h"

#define HELP_COLUMNS 80

void help_print(void);
/* Prints a name, and what it is, in columns. */
void help_print_row(const char *name, int width, const char *help);
void help_print_command(const struct command *command);
void help_print_version(void);

/* Finds the command of that name, or complains. */
enum status help_find(
    const struct call *call, const char *name, const struct command **out);

extern const struct ctl_option help_options[];

#endif
