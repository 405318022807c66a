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

const struct ctl_option help_options[] = {
	{ "all", 0, OPTION_FLAG, NULL, NULL,
	    "a line for each command, and the exit statuses" },
	{ NULL },
};

static const struct {
	int number;
	const char *meaning;
} statuses[] = {
#define X(name, number, meaning) { number, meaning },
	STATUSES(X)
#undef X
};

/* In one screen, of 80 columns and 24 lines. */
void
help_print(void)
{
	const struct command *command;
	int column = 0;

	printf("%s", about);
	for (command = commands; command->name; command++) {
		if (command->group)
			column = printf("\n  %-10s", command->group) - 1;
		if (column + 1 + (int)strlen(command->name) > HELP_COLUMNS)
			column = printf("\n%12s", "") - 1;
		column += printf(" %s", command->name);
	}
	puts("\n");
	option_print(common_options);
	puts("\n'ttsctl help COMMAND' says more about a command, "
	     "'ttsctl help --all' a little\nabout each.");
}

static void
help_print_all(void)
{
	const struct command *command;
	char usage[80];
	size_t i;

	printf("%s\nCommands:\n", about);
	for (command = commands; command->name; command++) {
		snprintf(usage, sizeof(usage), "%s%s%s", command->name,
		    command->arguments ? " " : "",
		    command->arguments ? command->arguments : "");
		help_print_row(usage, 22, command->help);
	}
	puts("\nOptions of every command:");
	option_print(common_options);
	puts("\nExit status:");
	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		snprintf(usage, sizeof(usage), "%d", statuses[i].number);
		help_print_row(usage, 22, statuses[i].meaning);
	}
	puts("\n'ttsctl help COMMAND' says more about a command.");
}

void
help_print_row(const char *name, int width, const char *help)
{
	int column = printf("  %-*s", width, name), left = width + 2;
	size_t n;

	if (column > left)
		column = printf("\n%*s", left, "") - 1;
	while (*help) {
		n = strcspn(help, " ");
		if (column + 1 + (int)n > HELP_COLUMNS)
			column = printf("\n%*s", left, "") - 1;
		column += printf(" %.*s", (int)n, help);
		help += n;
		help += strspn(help, " ");
	}
	putchar('\n');
}

void
help_print_command(const struct command *command)
{
	int column = printf("usage: ttsctl %s [OPTION]...", command->name);

	if (command->arguments)
		printf("%s%s",
		    column + 1 + (int)strlen(command->arguments) > HELP_COLUMNS
			? "\n              "
			: " ",
		    command->arguments);
	printf("\n%s\n\n", command->help);
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

	*out = command_find(name);
	if (*out)
		return STATUS_DONE;
	nearest_begin(&n, name);
	for (command = commands; command->name; command++)
		nearest_offer(&n, command->name);
	nearest_ask(&n, "", ask, sizeof(ask));
	return complain_usage(call, "there is no command '%s'%s", name, ask);
}

enum status
run_help(struct call *call)
{
	const struct command *command;
	enum status status;

	if (call->word_count == 0) {
		if (call_flag(call, "all"))
			help_print_all();
		else
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
