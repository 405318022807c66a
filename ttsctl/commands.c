/* The table of commands, and how their words become requests. */
#include <string.h>

#include "common/sound/speech_parameters.h"
#include "ttsctl/desk.h"
#include "ttsctl/help.h"
#include "ttsctl/option.h"
#include "ttsctl/request.h"
#include "ttsctl/rooms.h"
#include "ttsctl/section.h"
#include "ttsctl/show.h"
#include "ttsctl/token.h"

#define END          \
	{            \
		NULL \
	}

static const struct ctl_option channels_options[] = { CHANNELS_OPTION, END };

static const struct ctl_option resume_options[] = {
	CHANNELS_OPTION,
	{ "all", 0, OPTION_FLAG, NULL, "all", "all channels" },
	END,
};

static const struct ctl_option queue_options[] = {
	CHANNELS_OPTION,
	{ "limit", 0, OPTION_INTEGER, "N", "limit", "the first N of each" },
	END,
};

static const struct ctl_option status_options[] = {
	ONLY_CHANNELS,
	END,
};

static const struct ctl_option history_options[] = {
	ONLY_CHANNELS,
	{ "since", 0, OPTION_PAST, "WHEN", "since_ms",
	    "asked for since then: 90s, 1h, 7d ago; 14:50; 2026-11-29; "
	    "\"2026-11-29 14:50\"; RFC 3339" },
	{ "until", 0, OPTION_PAST, "WHEN", "until_ms", "and before then" },
	{ "outcome", 0, OPTION_STRING, "WHAT", "outcome",
	    "only those: spoken, cancelled, expired or failed" },
	{ "key", 0, OPTION_STRING, "KEY", "key", "only with this key" },
	{ "missed", 0, OPTION_FLAG, NULL, "missed",
	    "only what an output missed" },
	{ "limit", 0, OPTION_INTEGER, "N", "limit",
	    "the latest N, 100 if not given, 1000 at most" },
	{ "csv", 0, OPTION_FLAG, NULL, NULL, "for a spreadsheet" },
	END,
};

#define SPEECH_TEXT_OPTION(name, key, initial, letter, unit, meaning) \
	{ #name, letter, OPTION_STRING, unit, #name, meaning },
#define SPEECH_NUMBER_OPTION(                                  \
    name, key, initial, letter, unit, meaning, own, low, high) \
	{ #name, letter, OPTION_INTEGER, unit, #name,          \
		#low " to " #high meaning },
/* The row of a setting, where the engine's own is a number, too. */
#define SPEECH_NUMBER_SETTING(                                 \
    name, key, initial, letter, unit, meaning, own, low, high) \
	{ #name, 0, OPTION_INTEGER, unit, #name, #own " to " #high meaning },

static const struct ctl_option say_options[] = {
	CHANNELS_OPTION,
	PRIORITY_OPTION,
	{ "engine", 'e', OPTION_STRING, "ENGINE", "engine",
	    "an engine; 'ttsctl engines' lists them" },
	SPEECH_PARAMETERS(SPEECH_TEXT_OPTION, SPEECH_NUMBER_OPTION){
	    "ssml", 0, OPTION_FLAG, NULL, NULL, "the text is SSML" },
	{ "message", 0, OPTION_STRING, "NAME", "message",
	    "a [message] of the configuration; the words are its fields, "
	    "FIELD=TEXT" },
	{ "spell", 0, OPTION_STRING, "WHAT", "spell",
	    "letter by letter: codes (words with a digit) or all" },
	{ "chime", 0, OPTION_STRING, "NAME", "chime",
	    "a clip before it; 'ding' is always there" },
	{ "repeat", 0, OPTION_REPEAT, "N", "repeat",
	    "say it so many times, or until-cancelled" },
	{ "gap", 0, OPTION_MS, "TIME", "gap_ms",
	    "pause between them: 500ms, 1.5s, or a number of ms" },
	{ "ttl", 0, OPTION_MS, "TIME", "ttl_ms",
	    "not any more, unless it has begun by then: 90s, 2m" },
	{ "delay", 0, OPTION_MS, "TIME", "delay_ms", "not before then" },
	{ "at", 0, OPTION_FUTURE, "WHEN", "at",
	    "not before then: 9:00, \"2026-11-20 9:00\", 10m from now" },
	{ "key", 0, OPTION_STRING, "KEY", "key",
	    "spoken once, however often it is sent with this key" },
	{ "again", 0, OPTION_FLAG, NULL, "again",
	    "once more, where that key was spoken" },
	{ "replaces", 0, OPTION_STRING, "KEY", "replaces",
	    "takes the place of what waits with that key" },
	{ "together", 0, OPTION_FLAG, NULL, "together",
	    "several channels begin on the same instant" },
	{ "show", 0, OPTION_SETTING, "FIELD=TEXT", "show",
	    "what the picture shows with it; one for each field" },
	{ "on-preempt", 0, OPTION_STRING, "WHAT", "on_preempt",
	    "after an urgent one: replay, resume or drop" },
	{ "quiet", 'q', OPTION_FLAG, NULL, NULL, "print the id alone" },
	{ "wait", 0, OPTION_CHOICE, "heard", NULL,
	    "return when it has been spoken (0) or came to nothing (1), though "
	    "ttsd is started again meanwhile; or when all that listen have "
	    "heard it (0), one missed it (1), or nobody knows (2)" },
	END,
};

/* What `set` can change. */
static const struct ctl_option set_keys[] = {
	SPEECH_PARAMETERS(SPEECH_TEXT_OPTION, SPEECH_NUMBER_SETTING){ "bed", 0,
	    OPTION_STRING, "CLIP", "bed", "music: a clip, or nothing" },
	{ "bed_volume", 0, OPTION_INTEGER, "PERCENT", "bed_volume",
	    "how loud the music is" },
	END,
};

static const struct ctl_option voices_options[] = {
	{ "engine", 'e', OPTION_STRING, "ENGINE", "engine",
	    "only those of this engine" },
	END,
};

static const struct ctl_option events_options[] = {
	ONLY_CHANNELS,
	{ "lead", 0, OPTION_MS, "TIME", "lead_ms",
	    "words and sounds so long before their time" },
	{ "outputs", 'o', OPTION_FLAG, NULL, NULL,
	    "those of streamer-supervisor" },
	END,
};

static const struct ctl_option listen_options[] = {
	{ "channel", 'c', OPTION_STRING, "NAME", NULL,
	    "the channel (if not given, the first)" },
	END,
};

static const struct ctl_option show_options[] = {
	{ "channel", 'c', OPTION_STRING, "NAME", "channel",
	    "the channel (if not given, that of the picture's output)" },
	END,
};

static const struct ctl_option outputs_options[] = {
	{ "wait", 0, OPTION_FLAG, NULL, NULL,
	    "return when all that are not stopped are running, or the one that "
	    "is named; --wait-for bounds it" },
	{ "watch", 0, OPTION_FLAG, NULL, NULL,
	    "go on showing them, until interrupted; without a terminal, a "
	    "line for every change" },
	END,
};

/* Returns the value of a channel's key as JSON. ttsd says which keys there
 * are. */
static json_t *
channel_value(const char *name, const char *text)
{
	const struct ctl_option *key = set_keys;

	while (key->name && strcmp(key->name, name) != 0)
		key++;
	return key->name && key->type == OPTION_STRING ? json_string(text)
						       : number_value(text);
}

static enum status
prepare_set(struct call *call)
{
	return settings_put(call, call->request, 0, channel_value);
}

/* Makes the fields of a picture of the words NAME FIELD=TEXT...; without any it
 * asks. */
static enum status
prepare_show(struct call *call)
{
	json_t *fields = json_object();
	enum status status;

	json_object_set_new(
	    call->request, "video", json_string(call->words[0]));
	if (call->word_count > 1)
		json_object_set(call->request, "show", fields);
	status = settings_put(call, fields, 1, NULL);
	json_decref(fields);
	return status;
}

static enum status
prepare_events(struct call *call)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < call->word_count; i++)
		json_array_append_new(list, json_string(call->words[i]));
	if (call->word_count > 0)
		json_object_set(call->request, "events", list);
	json_decref(list);
	return STATUS_DONE;
}

static enum status
prepare_name(struct call *call)
{
	json_object_set_new(call->request, "name", json_string(call->words[0]));
	return STATUS_DONE;
}

/* The row of a command for one output; these differ in their names alone. */
#define OUTPUT(verb, about)                                                    \
	{                                                                      \
		.name = verb, .arguments = "OUTPUT", .help = about,            \
		.daemon = DAEMON_STREAMER, .words_min = 1, .words_max = 1,     \
		.prepare = prepare_name, .run = run_request, .show = show_done \
	}

const struct command commands[] = {
	{ .name = "say",
	    .group = "speech",
	    .arguments = "TEXT... | - | --message NAME [FIELD=TEXT...]",
	    .help = "speak a text, or what standard input holds",
	    .options = say_options,
	    .words_max = WORDS_ANY,
	    .prepare = prepare_say,
	    .run = run_say,
	    .show = show_said },
	{ .name = "status",
	    .help = "how ttsd, its channels and workers are",
	    .options = status_options,
	    .run = run_request,
	    .show = show_status },
	{ .name = "top",
	    .help = "all of it, live: what is on air, what waits, the outputs",
	    .options = top_options,
	    .run = run_top },
	{ .name = "queue",
	    .help = "what is on air and what waits",
	    .options = queue_options,
	    .run = run_request,
	    .show = show_queue },
	{ .name = "history",
	    .help = "what was said, and what became of it",
	    .options = history_options,
	    .run = run_request,
	    .show = show_history },
	{ .name = "cancel",
	    .arguments = "ID...",
	    .help = "take announcements back",
	    .words_min = 1,
	    .words_max = WORDS_ANY,
	    .prepare = prepare_cancel,
	    .run = run_request,
	    .show = show_cancelled },
	{ .name = "schedules",
	    .help = "what was set to be said again and again",
	    .run = run_request,
	    .show = show_schedules },
	{ .name = "set-schedule",
	    .arguments = "SCHEDULE KEY=VALUE...",
	    .help = "have something said again and again",
	    .section = "schedule",
	    .words_min = 2,
	    .words_max = WORDS_ANY,
	    .prepare = prepare_set_schedule,
	    .run = run_request,
	    .show = show_set_schedule },
	{ .name = "remove-schedule",
	    .arguments = "SCHEDULE",
	    .help = "say it no more",
	    .words_min = 1,
	    .words_max = 1,
	    .prepare = prepare_name,
	    .run = run_request,
	    .show = show_done },
	{ .name = "call",
	    .group = "numbers",
	    .arguments =
		"SERIES | TICKET [COUNTER] | --again [SERIES | TICKET]",
	    .help =
		"call the next number of a series to a counter, or a ticket",
	    .options = call_options,
	    .words_max = 2,
	    .prepare = prepare_call,
	    .run = run_request,
	    .show = show_called },
	{ .name = "transfer",
	    .arguments = "TICKET COUNTER | TICKET --series SERIES",
	    .help = "call a ticket to another counter, or have it wait for "
		    "another series",
	    .options = transfer_options,
	    .words_min = 1,
	    .words_max = 2,
	    .prepare = prepare_transfer,
	    .run = run_request,
	    .show = show_transferred },
	{ .name = "uncall",
	    .arguments = "ID",
	    .help = "take a call back, and its number",
	    .words_min = 1,
	    .words_max = WORDS_ANY,
	    .prepare = prepare_uncall,
	    .run = run_request,
	    .show = show_uncalled },
	{ .name = "skip-number",
	    .arguments = "SERIES",
	    .help = "pass over the next number of a series",
	    .words_min = 1,
	    .words_max = 1,
	    .prepare = prepare_series,
	    .run = run_request,
	    .show = show_numbers },
	{ .name = "set-series",
	    .arguments = "SERIES NUMBER",
	    .help = "say which number of a series is next",
	    .words_min = 2,
	    .words_max = 2,
	    .prepare = prepare_series,
	    .run = run_request,
	    .show = show_numbers },
	{ .name = "messages",
	    .help = "the messages, and which of them are prepared",
	    .run = run_request,
	    .show = show_messages },
	{ .name = "series",
	    .help = "the series, and which number is next",
	    .run = run_request,
	    .show = show_series },
	{ .name = "calls",
	    .arguments = "[SERIES]",
	    .help = "what was called, and what became of it",
	    .options = calls_options,
	    .words_max = 1,
	    .prepare = prepare_series,
	    .run = run_request,
	    .show = show_calls },
	{ .name = "skip",
	    .group = "on air",
	    .help = "end what is on air",
	    .options = channels_options,
	    .run = run_request,
	    .show = show_skipped },
	{ .name = "clear",
	    .help = "empty the queue",
	    .options = channels_options,
	    .run = run_request,
	    .show = show_cleared },
	{ .name = "pause",
	    .help = "hold the queue; the stream goes on in silence",
	    .options = channels_options,
	    .run = run_request,
	    .show = show_done },
	{ .name = "resume",
	    .help = "go on where it was paused or stopped",
	    .options = resume_options,
	    .run = run_request,
	    .show = show_done },
	{ .name = "stop-all",
	    .help = "everything off the air, on all channels",
	    .run = run_request,
	    .show = show_stopped },
	{ .name = "voices",
	    .group = "channels",
	    .help = "the voices there are",
	    .options = voices_options,
	    .run = run_request,
	    .show = show_voices },
	{ .name = "engines",
	    .help = "the engines there are",
	    .run = run_request,
	    .show = show_engines },
	{ .name = "channels",
	    .help = "the channels there are",
	    .run = run_request,
	    .show = show_channels },
	{ .name = "set",
	    .arguments = "KEY=VALUE...",
	    .help = "change how channels speak, and their music",
	    .options = channels_options,
	    .keys = set_keys,
	    .words_min = 1,
	    .words_max = WORDS_ANY,
	    .prepare = prepare_set,
	    .run = run_request,
	    .show = show_done },
	{ .name = "show",
	    .arguments = "VIDEO [FIELD=TEXT...]",
	    .help = "change what a picture shows, without speech; or print it",
	    .options = show_options,
	    .words_min = 1,
	    .words_max = WORDS_ANY,
	    .prepare = prepare_show,
	    .run = run_request,
	    .show = show_board },
	{ .name = "events",
	    .op = "subscribe",
	    .arguments = "[EVENT...]",
	    .help = "print what happens, until interrupted",
	    .options = events_options,
	    .words_max = WORDS_ANY,
	    .prepare = prepare_events,
	    .run = run_events },
	{ .name = "listen",
	    .op = "channels",
	    .help = "copy the sound (WAV) to standard output",
	    .options = listen_options,
	    .run = run_listen },
	{ .name = "outputs",
	    .group = "outputs",
	    .op = "status",
	    .arguments = "[OUTPUT]",
	    .help = "how the outputs are, or all about one",
	    .words_max = 1,
	    .options = outputs_options,
	    .daemon = DAEMON_STREAMER,
	    .run = run_outputs },
	OUTPUT("start", "start an output"),
	OUTPUT("stop", "stop an output"),
	OUTPUT("restart", "restart an output"),
	{ .name = "add",
	    .arguments = "OUTPUT [URL] [KEY=VALUE...]",
	    .help = "one more output, until streamer-supervisor ends",
	    .section = "output",
	    .daemon = DAEMON_STREAMER,
	    .words_min = 2,
	    .words_max = WORDS_ANY,
	    .prepare = prepare_add,
	    .run = run_request,
	    .show = show_done },
	OUTPUT("remove", "take an output off air and forget it"),
	{ .name = "reload",
	    .group = "daemons",
	    .help = "let both daemons read their configuration again",
	    .run = run_reload,
	    .show = show_reloaded },
	{ .name = "upgrade",
	    .help = "let both daemons start their new programs without a gap",
	    .run = run_upgrade,
	    .show = show_upgraded },
	{ .name = "ping", .help = "does ttsd answer?", .run = run_ping },
	{ .name = "token",
	    .arguments = "add NAME | list | remove NAME",
	    .help = "who may ask ttsd-gateway, and what",
	    .options = token_options,
	    .words_min = 1,
	    .words_max = 2,
	    .run = run_token },
	{ .name = "doctor",
	    .help = "what is wrong here, and what to do about it",
	    .options = doctor_options,
	    .run = run_doctor },
	{ .name = "complete",
	    .arguments = "WORD...",
	    .help = "what the last word may be made, for shells",
	    .words_min = 1,
	    .words_max = WORDS_ANY,
	    .run = run_complete },
	{ .name = "help",
	    .group = "help",
	    .arguments = "[COMMAND]",
	    .help = "what there is, or all about a command",
	    .options = help_options,
	    .words_max = 1,
	    .run = run_help },
	{ .name = "version", .help = "the version", .run = run_version },
	{ .name = NULL },
};

const struct command *
command_find(const char *name)
{
	const struct command *command = commands;

	while (command->name && strcmp(command->name, name) != 0)
		command++;
	return command->name ? command : NULL;
}
