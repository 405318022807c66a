/*
 * ttsctl top: all of it on a live screen; without a terminal, or as JSON, once.
 */
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "platform/client.h"
#include "ttsctl/rooms.h"
#include "ttsctl/screen.h"
#include "ttsctl/table.h"
#include "ttsctl/top/news.h"

/* What happens in so short a time is drawn at once. */
#define DRAW_NS (50 * NS_PER_MS)

struct top {
	struct call *call;
	struct news news;
	struct timer *timer;
	bool drawing; /* the timer runs */
	bool once;
	bool over;
	enum status status;
};

const struct ctl_option top_options[] = {
	ONLY_CHANNELS,
	{ "config", 0, OPTION_STRING, "FILE", NULL,
	    "the configuration, which says where ttsd-gateway listens" },
	{ NULL },
};

static void
top_end(struct top *t, enum status status)
{
	t->over = true;
	t->status = status;
	loop_stop(t->call->loop);
}

/* Something is new: it is drawn, or all is known that there is to know. */
static void
top_renew(void *arg)
{
	struct top *t = arg;

	if (t->once && news_are_complete(&t->news))
		top_end(t, STATUS_DONE);
	if (t->once || t->drawing)
		return;
	t->drawing = true;
	timer_at(t->timer, clock_awake_ns() + DRAW_NS);
}

static void
top_write(struct page *p, void *arg)
{
	struct top *t = arg;
	struct sight s = news_sight(&t->news);

	face_write(p, &s);
}

static void
top_draw(void *arg)
{
	struct top *t = arg;
	enum status status;

	t->drawing = false;
	if (!screen_draw(top_write, t, &status))
		top_end(t, status);
	news_follow(&t->news);
}

static void
top_quit(void *arg)
{
	top_end(arg, STATUS_DONE);
}

/* Runs until the user has seen enough, or all is known. */
static enum status
top_run(struct top *t)
{
	top_renew(t);
	while (!t->over)
		loop_run(t->call->loop);
	return t->status;
}

static enum status
top_screen(struct top *t)
{
	enum status status;

	if (screen_enter(t->call->loop, top_quit, t) < 0)
		return complain("%s", err_text(ERR_NOMEM));
	status = top_run(t);
	screen_leave();
	return status;
}

/* ---- once --------------------------------------------------------------- */

static json_t *
describe_utterance(const struct utterance *u)
{
	return json_pack("{s:I, s:s, s:b, s:I, s:I, s:I, s:I, s:b}", "id",
	    u->id, "text", u->text, "cut", u->cut, "offset", (json_int_t)u->at,
	    "length", (json_int_t)u->length, "for_ms", (json_int_t)u->for_ms,
	    "left_ms", (json_int_t)u->left_ms, "guessed", u->guessed);
}

/* What is on air, as the screen has it. */
static json_t *
describe_on_air(const struct sight *s)
{
	json_t *all = json_object();
	const json_t *channel;
	struct utterance u;
	size_t i;

	json_array_foreach(
	    json_object_get(s->ttsd.status, "channels"), i, channel)
	{
		const char *name = cell_text(channel, "name");
		bool held = strcmp(cell_text(channel, "state"), "paused") == 0;

		if (air_find(s->air, name, s->now_ms, held, &u))
			json_object_set_new(all, name, describe_utterance(&u));
	}
	return all;
}

static json_t *
describe_trouble(const struct top *t)
{
	const struct side *const sides[] = { &t->news.ttsd, &t->news.streamer };
	json_t *trouble = json_object();
	size_t i;

	for (i = 0; i < 2; i++)
		if (sides[i]->link.trouble[0])
			json_object_set_new(trouble,
			    daemon_name(&sides[i]->call),
			    json_string(sides[i]->link.trouble));
	return trouble;
}

static void
print_json(struct top *t)
{
	struct sight s = news_sight(&t->news);
	json_t *all = json_pack("{s:O?, s:O?, s:o, s:O, s:O, s:o}", "ttsd",
	    s.ttsd.status, "streamer", s.streamer.status, "on_air",
	    describe_on_air(&s), "queues", s.queues, "receipts", s.receipts,
	    "trouble", describe_trouble(t));

	if (s.gateway[0])
		json_object_set_new(all, "gateway",
		    json_pack("{s:s, s:b}", "at", s.gateway, "answers",
			s.gateway_answers));
	json_dumpf(all, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(all);
}

static void
print_page(struct top *t)
{
	struct page p;

	page_init(&p);
	top_write(&p, t);
	page_print(&p);
}

/* A channel that is not there is refused by ttsd; its words say so. */
static enum status
top_once(struct top *t)
{
	const struct side *ttsd = &t->news.ttsd;
	enum status status = top_run(t);

	if (status != STATUS_DONE)
		return status;
	if (json_object_get(t->call->request, "channel") &&
	    ttsd->status == NULL)
		return complain("ttsd %s", ttsd->link.trouble);
	if (call_flag(t->call, "json"))
		print_json(t);
	else
		print_page(t);
	return STATUS_DONE;
}

/* ---- all of it ---------------------------------------------------------- */

static int
top_init(struct top *t, struct call *call)
{
	int rc;

	*t = (struct top){ .call = call,
		.once =
		    !client_output_is_terminal() || call_flag(call, "json") };
	rc = news_init(&t->news, call, !t->once, top_renew, t);
	return rc < 0 ? rc
		      : timer_new(
			    call->loop, TIMER_COARSE, top_draw, t, &t->timer);
}

enum status
run_top(struct call *call)
{
	struct top t;
	enum status status;

	if (top_init(&t, call) < 0)
		status = complain("%s", err_text(ERR_NOMEM));
	else
		status = news_begin(&t.news);
	if (status == STATUS_DONE)
		status = t.once ? top_once(&t) : top_screen(&t);
	news_done(&t.news);
	if (t.timer)
		timer_free(t.timer);
	return status;
}
