/*
 * Memory that runs out, once, at every place where a supervisor asks for some,
 * and for a while from every place on: through the lives of outputs, and a
 * reload, which comes about whole or not at all.
 *
 * Nobody had looked at what then comes: an output that there was no memory to
 * start was rejected for good, as if its server had said no.
 */
#include "daemon/daemon.h"
#include "tests/sim/desk.h"
#include "tests/sim/easels.h"
#include "tests/sim/shortage.h"
#include "tests/sim/shortages.h"
#include "tests/unit/test.h"

#define KEYS                                                             \
	"backoff_initial = 200ms\nbackoff_max = 2s\nstop_timeout = 1s\n" \
	"start_timeout = 3s\nmax_restarts = 0\n"
#define COMMON                                                       \
	"[output live]\nurl = rtmp://a/live\nkey_file = /fake/key\n" \
	"backup_url = rtmp://b/live/k\nfailover_timeout = 1s\n" KEYS \
	"[output g1]\nurl = rtmp://c/live/k1\ngroup = g\n" KEYS      \
	"[output g2]\nurl = rtmp://d/live/k2\ngroup = g\n" KEYS      \
	"[output far]\nurl = rtmp://h/live/k\n"                      \
	"probe_url = rtmp://h/p\nhear = yes\n" KEYS                  \
	"[video v]\nsource = colour\n"                               \
	"[output seen]\nurl = rtmp://s/live/k\nvideo = v\n" KEYS

static const char conf_before[] =
    COMMON "[output asked]\nurl_command = /fake/ask\n" KEYS;
static const char conf_after[] =
    COMMON "[output more]\nurl = rtmp://e/live/k\n" KEYS;

struct day {
	struct desk desk;
	bool told; /* somebody was told of the shortage */
};

/* ---- what is asked ------------------------------------------------------ */

/* A connection that is answered; without one, nothing is asked. */
static bool
reach(struct day *d)
{
	if (!peer_ended(client_peer(d->desk.client)))
		return true;
	d->told = true;
	client_close(d->desk.client);
	d->desk.client = client_open(DESK_STREAMER);
	fake_settle();
	return !peer_ended(client_peer(d->desk.client));
}

/* The request is done, or refused for want of memory, or its client is cut off,
 * which leaves open whether it was done. */
enum answer { DONE, REFUSED, CUT_OFF };

static enum answer
ask(struct day *d, const char *request)
{
	const json_t *reply;

	if (!reach(d))
		return CUT_OFF;
	reply = client_ask(d->desk.client, "%s", request);
	if (reply_ok(reply))
		return DONE;
	if (reply == NULL && !peer_ended(client_peer(d->desk.client)))
		fail_msg("no answer to %s", request);
	if (reply == NULL)
		return CUT_OFF;
	d->told = d->told || strstr(json_text(reply, "message"), "memory");
	/* A reload that is done is not called refused for its answer's sake. */
	return strstr(json_text(reply, "message"), "reloaded") ? DONE : REFUSED;
}

/* A reload comes about whole, or not at all. */
static void
reload(struct day *d)
{
	enum answer reply;
	bool has_more, has_asked;

	fake_file(path_config_file(), conf_after, false);
	reply = ask(d, "{'op':'reload'}");
	has_more = desk_output(&d->desk, "more") != NULL;
	has_asked = desk_output(&d->desk, "asked") != NULL;
	if (has_more == has_asked)
		fail_msg("half a reload: the new output %s, the old one %s",
		    has_more ? "came" : "did not come",
		    has_asked ? "stays" : "left");
	if (reply != CUT_OFF && has_more != (reply == DONE))
		fail_msg("a reload was %s and is not",
		    reply == DONE ? "answered as done" : "refused");
}

static void
add(struct day *d)
{
	enum answer reply =
	    ask(d, "{'op':'add','name':'x','url':'rtmp://x/live/k'}");

	if (reply != CUT_OFF &&
	    (desk_output(&d->desk, "x") != NULL) != (reply == DONE))
		fail_msg("an output was %s and is not",
		    reply == DONE ? "answered as added" : "refused");
}

/* ---- a day -------------------------------------------------------------- */

static void
day_begin(struct day *d)
{
	*d = (struct day){ .told = false };
	desk_begin(&d->desk, 1, conf_before);
	fake_file("/fake/key", "KEY\n", false);
	encoders_answer("rtmp://f/live/k\n", 0, 100 * NS_PER_MS);
	fake_run(3 * NS_PER_S);
	fake_log_forget();
}

static void
day_pass(struct day *d)
{
	encoders_mishap("rtmp://a", MISHAP_BREAKS, 2, 2);
	encoders_mishap("tee", MISHAP_LOSES, 1, 2);
	ask(d, "{'op':'restart','name':'live'}");
	ask(d, "{'op':'restart','name':'g1'}");
	ask(d, "{'op':'restart','name':'asked'}");
	fake_run(3 * NS_PER_S);
	add(d);
	ask(d, "{'op':'status'}");
	fake_run(NS_PER_S);
	ask(d, "{'op':'stop','name':'g2'}");
	desk_ttsd(&d->desk, false);
	fake_run(NS_PER_S);
	desk_ttsd(&d->desk, true);
	fake_run(NS_PER_S);
	ask(d, "{'op':'start','name':'g2'}");
	if (easels_find("v.mkv"))
		easels_crash(easels_find("v.mkv"));
	reload(d);
	fake_run(2 * NS_PER_S);
	ask(d, "{'op':'remove','name':'x'}");
	fake_run(NS_PER_S);
}

/* Memory is there again: all that is configured comes on air. */
static void
day_heal(struct day *d)
{
	static const char *const names[] = { "live", "g1", "g2", "more",
		"seen" };
	const json_t *picture;
	size_t i;

	encoders_mishap(NULL, MISHAP_NONE, 0, 0);
	reach(d);
	assert_true(desk_reload(&d->desk, conf_after));
	/* Whether it was started again is open. */
	assert_true(desk_ask(&d->desk, "start", "g2"));
	for (i = 0; i < COUNT_OF(names); i++)
		desk_until(&d->desk, names[i], CHILD_RUNNING, 60 * NS_PER_S);
	fake_run(10 * NS_PER_S);
	picture = json_object_get(desk_status(&d->desk, "seen"), "picture");
	assert_true(json_is_true(json_object_get(picture, "sent")));
}

/* What a picture tells once a second, and there was no memory to read, stands
 * in the log as it came. */
static bool
logs_report(void)
{
	return fake_logged("video=v {") || fake_logged("video=v status {");
}

/* Returns how often memory was asked for. */
static size_t
live(size_t first, size_t count)
{
	struct day d;
	size_t asked, refused;

	day_begin(&d);
	shortage_begin(first, count);
	day_pass(&d);
	asked = shortage_asked();
	refused = shortage_end();
	day_heal(&d);
	if (refused > 0 && !d.told && !fake_logged("memory") && !logs_report())
		fail_msg("nobody was told of refusal %zu", first);
	desk_end(&d.desk);
	return asked;
}

int
main(void)
{
	return shortages_run(live);
}
