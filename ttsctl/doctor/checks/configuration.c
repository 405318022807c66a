/*
 * Is the configuration good? The daemons are asked, by --check-config, which
 * says what a start would, and looks for the files, clips, dictionary, voices
 * and parts of ffmpeg that it names.
 */
#include <stdio.h>
#include <string.h>

#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/doctor/program.h"
#include "ttsctl/table.h"

/* Engines may take 10 s, and so may ffmpeg. */
#define PROVE_MAX_NS (40 * NS_PER_S)

struct complaints {
	struct report *r;
	enum severity severity;
	size_t first; /* of this check's findings */
	size_t count;
};

/* All daemons complain of the same mistake. */
static bool
is_known(const struct complaints *c, const char *text)
{
	size_t i;

	for (i = c->first; i < json_array_size(c->r->findings); i++)
		if (strcmp(cell_text(json_array_get(c->r->findings, i), "text"),
			text) == 0)
			return true;
	return false;
}

static void
take_complaint(void *arg, const char *line)
{
	struct complaints *c = arg;

	c->count++;
	if (is_known(c, line))
		return;
	report_add(c->r, c->severity, "", "%s", line);
	report_remedy(c->r, "mend that line, or put there what it names, then "
			    "restart the daemon");
}

static const char *
conf_name(const struct patient *p)
{
	if (p->conf_is_absent)
		return "what it does without a configuration";
	return p->conf_file ? p->conf_file : path_config_file();
}

static void
ask_program(
    const struct patient *p, struct report *r, const char *name, size_t first)
{
	char path[PLATFORM_PATH_MAX], how[128];
	const char *argv[] = { path, "--check-config",
		p->conf_file ? "-c" : NULL, p->conf_file, NULL };
	struct complaints c = { .r = r, .first = first };
	struct ran ran;

	our_program(name, path, sizeof(path));
	program_run(p->call->loop, argv, PROVE_MAX_NS, &ran);
	c.severity = process_ended_well(&ran.end) ? FOUND_WARNING : FOUND_ERROR;
	said_lines(&ran.err, take_complaint, &c);
	ran_describe(&ran, how, sizeof(how));
	if (c.severity == FOUND_ERROR && c.count == 0) {
		report_add(
		    r, FOUND_ERROR, name, "%s cannot be asked: %s", path, how);
		report_remedy(r, "install it beside ttsctl, or in PATH");
	} else if (c.count == 0) {
		report_add(r, FOUND_FINE, name, "it finds nothing wrong in %s",
		    conf_name(p));
	}
	ran_done(&ran);
}

void
check_configuration(const struct patient *p, struct report *r)
{
	size_t first = json_array_size(r->findings);

	if (!p->has_conf) {
		report_add(r, FOUND_ERROR, "", "%s", p->conf_mistake.text);
		report_remedy(r, "mend that line; until then nothing that it "
				 "names is looked at here");
	}
	if (p->conf_is_absent) {
		report_add(r, FOUND_WARNING, "",
		    "there is no %s: all that follows is of daemons without "
		    "one, which have one channel, main, and no outputs",
		    path_config_file());
		report_remedy(r,
		    "where they were started with -c FILE, ask with --config "
		    "FILE; else write one: man ttsd.conf, docs/CONFIG.md");
	}
	ask_program(p, r, "ttsd", first);
	ask_program(p, r, "streamer-supervisor", first);
	if (p->has_conf && (p->conf.http.listen[0] || p->conf.mqtt.url[0] ||
			       p->conf.schedules.count > 0))
		ask_program(p, r, "ttsd-gateway", first);
}
