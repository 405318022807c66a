#include "ttsctl/complete/names.h"

#include <stdio.h>
#include <string.h>

#include "common/utf8.h"
#include "ttsctl/ask.h"

/* More of a text nobody reads there. */
#define PLAIN_MAX 512

/* Who tells the names of what. */
static const struct source {
	const char *thing; /* an option's name, or a word of a usage line */
	enum daemon daemon;
	const char *op;
	const char *engine; /* of which alone; NULL: of all */
	const char *list, *name, *about;
} sources[] = {
	{ "channel", DAEMON_TTSD, "channels", NULL, "channels", "name", NULL },
	{ "zone", DAEMON_TTSD, "channels", NULL, "zones", "name", NULL },
	{ "engine", DAEMON_TTSD, "engines", NULL, "engines", "name", "type" },
	{ "voice", DAEMON_TTSD, "voices", NULL, "voices", "id", "name" },
	{ "chime", DAEMON_TTSD, "voices", "clip", "voices", "name", NULL },
	{ "bed", DAEMON_TTSD, "voices", "clip", "voices", "name", NULL },
	{ "message", DAEMON_TTSD, "messages", NULL, "messages", "name",
	    "text" },
	{ "series", DAEMON_TTSD, "series", NULL, "series", "name",
	    "next_ticket" },
	{ "schedule", DAEMON_TTSD, "schedules", NULL, "schedules", "name",
	    "text" },
	{ "id", DAEMON_TTSD, "queue", NULL, "items", "id", "text" },
	{ "output", DAEMON_STREAMER, "status", NULL, "outputs", "name",
	    "state" },
	{ "video", DAEMON_STREAMER, "status", NULL, "videos", "name", NULL },
};

/* Control characters would make two lines, or columns, of one. */
static void
print_plain(const char *text)
{
	char plain[PLAIN_MAX];

	utf8_sanitise(plain, sizeof(plain), text, strlen(text));
	fputs(plain, stdout);
}

void
offer(const struct wanted *w, const char *name, const char *about)
{
	if (strncmp(name, w->begun, strlen(w->begun)) != 0)
		return;
	printf("%.*s", (int)w->before_length, w->before);
	print_plain(name);
	if (about && about[0]) {
		putchar('\t');
		print_plain(about);
	}
	putchar('\n');
}

static void
offer_listed(const struct wanted *w, const struct source *s, const json_t *item)
{
	const json_t *name = json_object_get(item, s->name);
	const char *about =
	    s->about ? json_string_value(json_object_get(item, s->about))
		     : NULL;
	char number[32];

	if (json_is_integer(name)) {
		snprintf(number, sizeof(number), "%lld",
		    (long long)json_integer_value(name));
		offer(w, number, about);
	} else if (json_is_string(name)) {
		offer(w, json_string_value(name), about);
	}
}

void
offer_names(const struct call *call, const struct wanted *w, const char *thing)
{
	const struct source *s = sources,
			    *end =
				sources + sizeof(sources) / sizeof(sources[0]);
	const json_t *item;
	struct answer a;
	size_t i;

	while (s < end && strcmp(s->thing, thing) != 0)
		s++;
	if (s == end)
		return;
	ask(call, s->daemon,
	    json_pack("{s:s, s:s*}", "op", s->op, "engine", s->engine), &a);
	json_array_foreach(json_object_get(a.reply, s->list), i, item)
	{
		offer_listed(w, s, item);
	}
	answer_done(&a);
}
