/* Are the outputs on air, and heard? By what the supervisor knows. */
#include <stdio.h>
#include <string.h>

#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/table.h"

/* What ffmpeg, servers and the supervisor say, and what to do. The first that
 * is found holds. */
static const struct {
	const char *words;
	const char *remedy;
} remedies[] = {
	{ "ttsd is not on air", "start ttsd, or give both daemons the same "
				"ttsd.runtime_dir" },
	{ "cannot be run", "install ffmpeg, or set streamer.ffmpeg" },
	{ "was built without", "install a full build of ffmpeg, or choose "
			       "another codec" },
	{ "Connection refused", "nobody listens there: start the server, or "
				"correct the port in the url" },
	{ "Name or service not known", "correct the host in the url, or look "
				       "at this machine's DNS" },
	{ "Failed to resolve", "correct the host in the url, or look at this "
			       "machine's DNS" },
	{ "No route to host", "look at the network between here and there" },
	{ "Network is unreachable", "look at this machine's network" },
	{ "timed out", "look at the network and the firewalls between here "
		       "and there" },
	{ "verification", "the server is another, or its certificate has "
			  "expired or is signed by nobody whom the system "
			  "trusts: ca_file" },
	{ "does not match", "its certificate names another host: correct the "
			    "url" },
	{ "Already publishing", "somebody else sends to that key, or the "
				"server has not noticed yet that the last "
				"connection is gone" },
	{ "401", "correct the user and password, or the key" },
	{ "403", "correct the key, or ask who runs the server" },
	{ "404", "correct the path in the url" },
	{ "key", "correct the key, and who may read its file" },
	{ "Broken pipe", "the server closed the connection: often a wrong key, "
			 "or it takes no publishers there" },
	{ "No space left", "make room on that disk" },
	{ "no such file", "make that folder or file" },
	{ "permission denied", "give the daemon's user the right to it" },
};

static const char *
remedy_for(const char *error)
{
	size_t i;

	for (i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (strstr(error, remedies[i].words))
			return remedies[i].remedy;
	return "ttsctl outputs NAME has its history, and docs/OUTPUTS.md what "
	       "to do";
}

static json_int_t
receipts(const json_t *output, const char *state)
{
	return json_integer_value(
	    json_object_get(json_object_get(output, "receipts"), state));
}

static bool
is_in(const json_t *o, const char *state)
{
	return strcmp(cell_text(o, "state"), state) == 0;
}

static void
judge_state(struct report *r, const char *about, const json_t *o)
{
	const char *state = cell_text(o, "state");
	const char *error = cell_text(o, "last_error");
	char up[CELL_MAX];

	cell(up, o, "uptime_ms", cell_duration);
	if (is_in(o, "running")) {
		report_add(r, FOUND_FINE, about,
		    "on air for %s; announcements delivered %lld, heard %lld",
		    up, (long long)receipts(o, "delivered"),
		    (long long)receipts(o, "heard"));
	} else if (cell_text(o, "waits_for")[0]) {
		report_add(r, FOUND_FINE, about, "it waits for %s",
		    cell_text(o, "waits_for"));
	} else if (!json_is_true(json_object_get(o, "wanted"))) {
		report_add(r, FOUND_WARNING, about, "it was stopped");
		report_remedy(r, "ttsctl start %s", cell_text(o, "name"));
	} else if (is_in(o, "starting") && error[0] == '\0') {
		report_add(r, FOUND_UNSEEN, about, "it is starting");
		report_remedy(r, "ask again in a moment");
	} else {
		report_add(r, FOUND_ERROR, about, "not on air (%s): %s", state,
		    error[0] ? error : "nobody said why");
		report_remedy(r, "%s", remedy_for(error));
	}
}

/* Does the ear hear it, and can it be read back? */
static void
judge_far_end(struct report *r, const char *about, const json_t *o)
{
	const json_t *heard = json_object_get(o, "heard");
	const json_t *probe = json_object_get(o, "probe");
	const char *error = cell_text(probe, "last_error");

	if (is_in(heard, "unheard") || is_in(heard, "foreign")) {
		report_add(r, FOUND_ERROR, about,
		    "at its listeners' address it is %s%s%s",
		    is_in(heard, "foreign") ? "another sound that comes"
					    : "not heard",
		    cell_text(heard, "why")[0] ? ": " : "",
		    cell_text(heard, "why"));
		report_remedy(r, "play probe_url, and see what is configured "
				 "at the server");
	} else if (json_is_object(heard)) {
		report_add(r, FOUND_FINE, about, "its ear says: %s",
		    cell_text(heard, "state"));
	}
	if (json_is_object(probe) && error[0] &&
	    !json_is_true(json_object_get(probe, "good"))) {
		report_add(r, FOUND_ERROR, about, "%s", error);
		report_remedy(r, "try probe_url with a player");
	}
}

static void
judge_past(struct report *r, const char *about, const json_t *o)
{
	json_int_t missed = receipts(o, "missed");
	json_int_t drops = json_integer_value(json_object_get(o, "drops"));

	if (missed > 0) {
		report_add(r, FOUND_WARNING, about,
		    "announcements that it missed: %lld", (long long)missed);
		report_remedy(r, "ttsctl history --missed tells which, and "
				 "why");
	}
	if (drops > 0) {
		report_add(r, FOUND_WARNING, about,
		    "it did not keep up: sound was skipped %lld times",
		    (long long)drops);
		report_remedy(r, "a faster network or machine, or a lower "
				 "bitrate");
	}
}

void
judge_output(struct report *r, const json_t *output)
{
	const json_t *picture = json_object_get(output, "picture");
	char about[80];

	snprintf(about, sizeof(about), "output %s", cell_text(output, "name"));
	judge_state(r, about, output);
	if (!is_in(output, "running"))
		return;
	if (strcmp(cell_text(output, "active"), "backup") == 0) {
		report_add(r, FOUND_WARNING, about,
		    "it is sent to its backup address");
		report_remedy(r,
		    "ttsctl outputs %s tells what is wrong with "
		    "the other",
		    cell_text(output, "name"));
	}
	if (json_is_object(picture) && cell_text(picture, "why")[0]) {
		report_add(r, FOUND_WARNING, about, "sound alone is sent: %s",
		    cell_text(picture, "why"));
		report_remedy(r, "ttsctl outputs has more of its video");
	}
	judge_far_end(r, about, output);
	judge_past(r, about, output);
}

void
check_outputs(const struct patient *p, struct report *r)
{
	const json_t *outputs = json_object_get(p->streamer.reply, "outputs");
	const json_t *output;
	size_t i;

	if (p->streamer.reply == NULL)
		report_add(r, FOUND_UNSEEN, "",
		    "the supervisor alone knows, and does not answer; their "
		    "servers are looked for below");
	else if (json_array_size(outputs) == 0) {
		report_add(r, FOUND_WARNING, "", "there are none");
		report_remedy(r, "an [output NAME] with a url, or ttsctl add "
				 "NAME URL");
	}
	json_array_foreach(outputs, i, output) judge_output(r, output);
}
