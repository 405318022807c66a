#include <stdlib.h>

#include "common/err.h"
#include "platform/client.h"
#include "ttsctl/help.h"
#include "ttsctl/option.h"
#include "ttsctl/ttsctl.h"

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
		status = help_find(call, a->argv[a->at], &call->command);
		if (status != STATUS_DONE)
			return status;
		a->at++;
		status = option_read(a, call);
	}
	if (status != STATUS_DONE)
		return status;
	if (call_flag(call, "version"))
		help_print_version();
	else if (call_flag(call, "help") && call->command)
		help_print_command(call->command);
	else if (call_flag(call, "help"))
		help_print();
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
