/*
 * Can the servers be reached of outputs that are not on air? Name, route and
 * port are tried from here, and where TLS is spoken a handshake is made by
 * ffmpeg, as the output's will be. Whether the key is taken, only sending
 * tells: the supervisor does that, and says so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/net/url.h"
#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/doctor/program.h"
#include "ttsctl/table.h"

#define REACH_NS (5 * NS_PER_S)
#define TLS_NS (15 * NS_PER_S)

/* ---- by facts alone ---------------------------------------------------------
 */

static const struct {
	const char *scheme;
	uint16_t port; /* 0: it has to be named */
	enum reach_kind kind;
	bool tls;
} schemes[] = {
	{ "rtmp", 1935, REACH_TCP, false },
	{ "rtmps", 443, REACH_TCP, true },
	{ "rtsp", 554, REACH_TCP, false },
	{ "rtsps", 322, REACH_TCP, true },
	{ "icecast", 80, REACH_TCP, false },
	{ "http", 80, REACH_TCP, false },
	{ "https", 443, REACH_TCP, true },
	{ "whip", 80, REACH_TCP, false },
	{ "whips", 443, REACH_TCP, true },
	{ "srt", 0, REACH_UDP, false },
	{ "rist", 0, REACH_UDP, false },
	{ "udp", 0, REACH_UDP, false },
	{ "rtp", 0, REACH_UDP, false },
};

/* Parts "host:port", "[::1]:port" or "host". */
static bool
part_host(const char *text, size_t len, struct server_place *out)
{
	bool bracket = len > 0 && text[0] == '[';
	const char *end = text + len;
	const char *close = bracket ? memchr(text, ']', len) : NULL;
	const char *colon =
	    memchr(close ? close : text, ':', len - (close ? close - text : 0));
	const char *stop = close ? close : colon ? colon : end;
	long port = colon ? strtol(colon + 1, NULL, 10) : out->port;

	if (bracket && close == NULL)
		return false;
	text += bracket;
	snprintf(
	    out->host, sizeof(out->host), "%.*s", (int)(stop - text), text);
	out->port = (uint16_t)port;
	return out->host[0] && port > 0 && port <= UINT16_MAX;
}

bool
server_of(const char *url, struct server_place *out)
{
	struct url u;
	size_t i;

	*out = (struct server_place){ .port = 0 };
	url_parse(&u, url, strlen(url));
	if (u.kind != URL_ADDRESS)
		return false;
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strlen(schemes[i].scheme) != u.scheme.len ||
		    memcmp(url + u.scheme.at, schemes[i].scheme, u.scheme.len))
			continue;
		out->port = schemes[i].port;
		out->kind = schemes[i].kind;
		out->tls = schemes[i].tls;
		return part_host(url + u.host.at, u.host.len, out);
	}
	return false;
}

void
judge_reached(struct report *r, const char *about, const char *host,
    uint16_t port, const struct reached *got)
{
	unsigned at = port;

	switch (got->step) {
	case REACH_NAME:
		report_add(r, FOUND_ERROR, about,
		    "nobody knows the name %s: %s", host, got->why);
		report_remedy(r, "correct the host in the url, or look at "
				 "this machine's DNS");
		break;
	case REACH_ROUTE:
		report_add(r, FOUND_ERROR, about, "no way leads to %s (%s): %s",
		    host, got->address, got->why);
		report_remedy(r, "look at this machine's network");
		break;
	case REACH_PORT:
		report_add(r, FOUND_ERROR, about, "%s port %u (%s): %s", host,
		    at, got->address, got->why);
		report_remedy(r,
		    got->err == ERR_REFUSED
			? "the host is there, and nobody listens: start the "
			  "server, or correct the port in the url"
			: "look at the firewalls between here and there, and "
			  "whether the host is up");
		break;
	case REACH_DONE:
		report_add(r, FOUND_FINE, about, "%s port %u (%s) %s", host, at,
		    got->address, got->why[0] ? got->why : "can be reached");
		break;
	}
}

/* ---- what is tried ----------------------------------------------------------
 */

struct first_line {
	char text[512];
};

static void
keep_first(void *arg, const char *line)
{
	struct first_line *l = arg;

	if (l->text[0] == '\0')
		snprintf(l->text, sizeof(l->text), "%s", line);
}

/* ffmpeg says what it says within brackets: "[tls @ 0x55...] Peer ..." */
static const char *
without_tag(const char *line)
{
	const char *end = line[0] == '[' ? strstr(line, "] ") : NULL;

	return end ? end + 2 : line;
}

/* Opens the connection, sends nothing, and closes it. */
static void
try_tls(const struct patient *p, struct report *r, const char *about,
    const struct conf_output *o, const struct server_place *at)
{
	bool blind = o->address.tls_verify == TLS_VERIFY_NO;
	bool has_ca = o->address.ca_file && o->address.ca_file[0];
	bool v6 = strchr(at->host, ':') != NULL;
	struct first_line said = { .text = "" };
	char url[300], how[128];
	const char *argv[] = { p->conf.streamer.ffmpeg, "-hide_banner",
		"-nostdin", "-v", "error", "-f", "lavfi", "-i",
		"anullsrc=r=8000:cl=mono", "-t", "0", "-f", "s16le",
		"-tls_verify", blind ? "0" : "1", has_ca ? "-ca_file" : url,
		has_ca ? o->address.ca_file : NULL, has_ca ? url : NULL, NULL };
	struct ran ran;

	snprintf(url, sizeof(url), "tls://%s%s%s:%u", v6 ? "[" : "", at->host,
	    v6 ? "]" : "", (unsigned)at->port);
	program_run(p->call->loop, argv, TLS_NS, &ran);
	said_lines(&ran.err, keep_first, &said);
	ran_describe(&ran, how, sizeof(how));
	if (process_ended_well(&ran.end)) {
		report_add(r, FOUND_FINE, about, "TLS: %s",
		    blind ? "it answers; its certificate is not looked at"
			  : "its certificate is good");
	} else {
		report_add(r, FOUND_ERROR, about, "TLS: %s",
		    said.text[0] ? without_tag(said.text) : how);
		report_remedy(r, "correct the host or port; of a server with a "
				 "certificate of its own: ca_file");
	}
	ran_done(&ran);
}

static void
look_for_server(const struct patient *p, struct report *r, const char *about,
    const struct conf_output *o, const char *url)
{
	struct server_place at;
	struct reached got;

	if (!server_of(url, &at))
		return;
	reach(at.host, at.port, at.kind, REACH_NS, &got);
	if (at.kind == REACH_UDP && got.step == REACH_DONE)
		snprintf(got.why, sizeof(got.why),
		    "has a route; whether anybody takes what comes, nobody "
		    "tells");
	judge_reached(r, about, at.host, at.port, &got);
	if (at.tls && got.step == REACH_DONE)
		try_tls(p, r, about, o, &at);
}

/* Is it on air, as the supervisor says? Then there is nothing to try. */
static bool
is_on_air(const struct patient *p, const char *name)
{
	const json_t *output;
	size_t i;

	json_array_foreach(
	    json_object_get(p->streamer.reply, "outputs"), i, output)
	{
		if (strcmp(cell_text(output, "name"), name) == 0)
			return strcmp(cell_text(output, "state"), "running") ==
			       0;
	}
	return false;
}

static void
look_for_servers(
    const struct patient *p, struct report *r, const struct conf_output *o)
{
	char about[80];

	snprintf(about, sizeof(about), "output %s", o->block.name);
	if (o->address.url[0] == '\0') {
		report_add(r, FOUND_UNSEEN, about,
		    "its address is in no configuration (url_file, "
		    "url_command): it is not asked for here");
		report_remedy(
		    r, "ttsctl outputs %s has what came of it", o->block.name);
		return;
	}
	look_for_server(p, r, about, o, o->address.url);
	look_for_server(p, r, about, o, o->failover.backup_url);
}

void
check_servers(const struct patient *p, struct report *r)
{
	const struct conf_output *o;
	size_t i;

	if (!p->has_conf)
		return;
	for (i = 0; i < p->conf.outputs.count; i++) {
		o = conf_output_at(&p->conf, i);
		/* One that listens has players, and no server. */
		if (!o->address.listen && !is_on_air(p, o->block.name))
			look_for_servers(p, r, o);
	}
}
