/*
 * Are tones heard where the listeners are? They go on air, so it is done where
 * it is asked for (--tone): as any announcement, on each channel of an output
 * that listens, and the receipts tell.
 */
#include <stdio.h>
#include <string.h>

#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/doctor/program.h"
#include "ttsctl/table.h"

/* An ear takes up to 45 s to tell, and what is on air comes first. */
#define TONE_NS (5 * 60 * NS_PER_S)

/* Five seconds that are like nothing else, and like no part of themselves. */
#define MELODY                                                            \
	"freq=440 ms=400 a freq=660 ms=300 a freq=550 ms=500 a freq=880 " \
	"ms=250 a freq=495 ms=350 a freq=740 ms=600 a freq=590 ms=200 a " \
	"freq=930 ms=450 a freq=410 ms=300 a freq=820 ms=550 a freq=620 " \
	"ms=250 a freq=700 ms=500 a freq=470 ms=350 a"

struct tone_said {
	char text[512];
};

static void
keep_complaint(void *arg, const char *line)
{
	struct tone_said *s = arg;
	const char *after = strstr(line, "ttsctl: ");

	snprintf(s->text, sizeof(s->text), "%s",
	    after ? after + strlen("ttsctl: ") : line);
}

static void
judge_tone(
    struct report *r, const char *about, const struct ran *ran, const char *why)
{
	if (process_ended_well(&ran->end)) {
		report_add(r, FOUND_FINE, about,
		    "all that listen have heard the tones");
	} else if (!ran->late && ran->end.code == STATUS_UNKNOWN) {
		report_add(r, FOUND_UNSEEN, about,
		    "nobody can say whether the tones were heard: %s", why);
		report_remedy(r, "outputs with hear = yes tell");
	} else {
		report_add(
		    r, FOUND_ERROR, about, "the tones were not heard: %s", why);
		report_remedy(r, "play probe_url, and see what is configured "
				 "at the server");
	}
}

static void
send_tone(const struct patient *p, struct report *r, const char *channel)
{
	char self[PLATFORM_PATH_MAX], about[80], how[128];
	const char *argv[] = { self, "-r", p->ttsd.dir, "say", "--wait=heard",
		"-e", "tone", "-c", channel, MELODY, NULL };
	struct tone_said said = { "" };
	struct ran ran;

	path_self(self, sizeof(self));
	snprintf(about, sizeof(about), "channel %s", channel);
	program_run(p->call->loop, argv, TONE_NS, &ran);
	said_lines(&ran.err, keep_complaint, &said);
	ran_describe(&ran, how, sizeof(how));
	judge_tone(r, about, &ran, said.text[0] ? said.text : how);
	ran_done(&ran);
}

/* Has the channel an output with an ear? */
static bool
has_ear(const struct patient *p, const char *channel)
{
	const json_t *output;
	size_t i;

	json_array_foreach(
	    json_object_get(p->streamer.reply, "outputs"), i, output)
	{
		if (json_is_object(json_object_get(output, "heard")) &&
		    strcmp(cell_text(output, "channel"), channel) == 0)
			return true;
	}
	return false;
}

void
check_tone(const struct patient *p, struct report *r)
{
	const json_t *channel;
	size_t i, count = 0;

	if (!call_flag(p->call, "tone"))
		return;
	json_array_foreach(
	    json_object_get(p->ttsd.reply, "channels"), i, channel)
	{
		if (!has_ear(p, cell_text(channel, "name")))
			continue;
		send_tone(p, r, cell_text(channel, "name"));
		count++;
	}
	if (count > 0)
		return;
	report_add(
	    r, FOUND_UNSEEN, "", "no output listens where its listeners are");
	report_remedy(r, "hear = yes and a probe_url, in its [output]");
}
