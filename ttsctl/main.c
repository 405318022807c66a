#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/version.h"
#include "platform/client.h"
#include "ttsctl/option.h"
#include "ttsctl/ttsctl.h"

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

static void
print_help(void)
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

static void
print_command_help(const struct command *command)
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

static const struct command *
find_command(const char *name)
{
	const struct command *command;

	for (command = commands; command->name; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

static enum status
ttsctl_run(struct call *call)
{
	const struct command *command = call->command;
	enum status status;
	int rc;

	if (call->word_count < command->words_min)
		return complain_usage(call, "expected %s", command->arguments);
	if (call->word_count > command->words_max)
		return complain_usage(call, "'%s' is one argument too many",
		    call->words[command->words_max]);
	status = command->prepare ? command->prepare(call) : STATUS_DONE;
	if (status != STATUS_DONE)
		return status;
	rc = loop_new(&call->loop);
	if (rc < 0)
		return complain("%s", err_text(rc));
	client_default_signals();
	call->daemon = command->daemon;
	status = command->run(call);
	loop_free(call->loop);
	return status;
}

static enum status
read_and_run(struct args *a, struct call *call)
{
	enum status status = option_read(a, call);

	if (status == STATUS_DONE && a->at < a->argc) {
		call->command = find_command(a->argv[a->at]);
		if (call->command == NULL)
			return complain_usage(
			    call, "there is no command '%s'", a->argv[a->at]);
		a->at++;
		status = option_read(a, call);
	}
	if (status != STATUS_DONE)
		return status;
	if (call_flag(call, "version"))
		puts("ttsctl " TTSD_VERSION);
	else if (call_flag(call, "help") && call->command)
		print_command_help(call->command);
	else if (call_flag(call, "help"))
		print_help();
	else if (call->command == NULL)
		return complain_usage(call, "a command is missing");
	else
		return ttsctl_run(call);
	return STATUS_DONE;
}

int
main(int argc, char **argv)
{
	struct args args = { .argv = argv, .argc = argc, .at = 1 };
	struct call call = { .request = json_object(),
		.local = json_object(),
		.words = calloc((size_t)argc + 1, sizeof(*call.words)) };
	enum status status = STATUS_FAILED, output;

	if (call.words && call.request && call.local)
		status = read_and_run(&args, &call);
	if (!output_flush(&output) && status == STATUS_DONE)
		status = output;
	free(call.words);
	json_decref(call.request);
	json_decref(call.local);
	return status;
}
