/*
 * Is ffmpeg there, and which? What the outputs need of it, the supervisor looks
 * for, in the check of the configuration.
 */
#include <stdio.h>
#include <string.h>

#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/doctor/program.h"

#define VERSION_MAX_NS (10 * NS_PER_S)

struct banner {
	char version[64];
};

/* "ffmpeg version 5.1.9-0+deb12u1 Copyright (c) ..." */
static void
take_banner(void *arg, const char *line)
{
	static const char before[] = "ffmpeg version ";
	struct banner *b = arg;
	const char *at = line + strlen(before);

	if (strncmp(line, before, strlen(before)) == 0)
		snprintf(b->version, sizeof(b->version), "%.*s",
		    (int)strcspn(at, " "), at);
}

void
check_ffmpeg(const struct patient *p, struct report *r)
{
	const char *program = p->has_conf ? p->conf.streamer.ffmpeg : "ffmpeg";
	const char *argv[] = { program, "-version", NULL };
	struct banner b = { "" };
	struct ran ran;
	char how[128];

	program_run(p->call->loop, argv, VERSION_MAX_NS, &ran);
	said_lines(&ran.out, take_banner, &b);
	ran_describe(&ran, how, sizeof(how));
	if (!process_ended_well(&ran.end)) {
		report_add(r, FOUND_ERROR, "",
		    "the program '%s' cannot be run: %s", program, how);
		report_remedy(r, "install ffmpeg (on Debian: apt-get install "
				 "ffmpeg), or set streamer.ffmpeg");
	} else if (b.version[0] == '\0') {
		report_add(r, FOUND_WARNING, "",
		    "the program '%s' does not tell its version", program);
		report_remedy(r, "is it ffmpeg? Look at streamer.ffmpeg");
	} else {
		report_add(r, FOUND_FINE, "",
		    "%s; what the outputs need of it is looked at with the "
		    "configuration",
		    b.version);
	}
	ran_done(&ran);
}
