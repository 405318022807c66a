/* The help, and what is said of a command that there is none. */
#include "ttsctl/help.h"

#include <stdio.h>
#include <string.h>

#include "common/args/nearest.h"
#include "platform/version.h"
#include "ttsctl/option.h"
#include "ttsctl/request.h"

static const char about[] =
    "usage: ttsctl [OPTION]... COMMAND [ARGUMENT]...\n"
    "Speaks through a running ttsd, and looks after it and "
    "streamer-supervisor.\n";

static const struct {
	int number;
	const char *meaning;
} statuses[] = {
#define X(name, number, meaning) { number, meaning },
	STATUSES(X)
#undef X
};

void
help_print(void)
{
	const struct command *command;
	char usage[80];
	size_t i;

	printf("%s\nCommands:\n", about);
	for (command = commands; command->name; command++) {
		snprintf(usage, sizeof(usage), "%s%s%s", command->name,
		    command->arguments ? " " : "",
		    command->arguments ? command->arguments : "");
		printf("  %-22s %s\n", usage, command->help);
	}
	puts("\nOptions of every command:");
	option_print(common_options);
	puts("\nExit status:");
	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		printf("  %-22d %s\n", statuses[i].number, statuses[i].meaning);
	puts("\n'ttsctl COMMAND --help' says more about a command.");
}

void
help_print_command(const struct command *command)
{
	printf("usage: ttsctl %s [OPTION]...%s%s\n%s\n\n", command->name,
	    command->arguments ? " " : "",
	    command->arguments ? command->arguments : "", command->help);
	option_print(command->options);
	option_print(common_options);
	if (command->keys) {
		puts("\nKeys:");
		option_print_keys(command->keys);
	}
}

enum status
help_find(const struct call *call, const char *name, const struct command **out)
{
	const struct command *command;
	struct nearest n;
	char ask[80];

	nearest_begin(&n, name);
	for (command = commands; command->name; command++) {
		if (strcmp(command->name, name) == 0) {
			*out = command;
			return STATUS_DONE;
		}
		nearest_offer(&n, command->name);
	}
	nearest_ask(&n, "", ask, sizeof(ask));
	return complain_usage(call, "there is no command '%s'%s", name, ask);
}

enum status
run_help(struct call *call)
{
	const struct command *command;
	enum status status;

	if (call->word_count == 0) {
		help_print();
		return STATUS_DONE;
	}
	status = help_find(call, call->words[0], &command);
	if (status == STATUS_DONE)
		help_print_command(command);
	return status;
}

void
help_print_version(void)
{
	version_print("ttsctl");
}

enum status
run_version(struct call *call)
{
	(void)call;
	help_print_version();
	return STATUS_DONE;
}
