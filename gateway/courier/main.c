/* The courier as a program: courier.h has what it is and says. */
#include <stdio.h>

#include "common/control/fields.h"
#include "common/lines.h"
#include "gateway/courier/broker.h"
#include "gateway/courier/courier.h"
#include "gateway/courier/report.h"
#include "platform/platform.h"
#include "platform/socket_wait.h"
#include "platform/standard.h"

/* libmosquitto takes as much as a broker says that it will send. */
#define MEMORY_MAX ((size_t)192 * 1024 * 1024)
#define READ_BYTES (64 * 1024)

struct courier {
	struct buf in;
	size_t scanned;
	json_t *settings;
	struct broker *broker; /* NULL: the settings have not come yet */
};

static void
take_order(struct courier *c, const json_t *order)
{
	if (json_object_get(order, "publish"))
		broker_publish(c->broker, order);
	else if (json_object_get(order, "done"))
		broker_done(c->broker, body_count(order, "done"), true);
	else if (json_object_get(order, "again"))
		broker_done(c->broker, body_count(order, "again"), false);
	else if (json_object_get(order, "serve"))
		broker_serve(c->broker);
	else
		broker_want(
		    c->broker, json_is_true(json_object_get(order, "want")));
}

/* Returns false where it cannot go on. */
static bool
take_line(struct courier *c, const char *line, size_t len)
{
	json_t *order = json_loadb(line, len, 0, NULL);

	if (order == NULL)
		return false;
	if (c->broker) {
		take_order(c, order);
		json_decref(order);
		return true;
	}
	c->settings = order;
	if (broker_new(order, &c->broker) < 0)
		return false;
	report(json_pack("{s:b}", "ready", 1));
	return true;
}

static enum courier_exit
take_input(struct courier *c, bool *over)
{
	static char data[READ_BYTES];
	long n = standard_read(data, sizeof(data));
	const char *line;
	size_t len;

	*over = true;
	if (n <= 0)
		return COURIER_ENDED;
	if (buf_put(&c->in, data, (size_t)n) < 0)
		return COURIER_USAGE;
	while (lines_peek(&c->in, &c->scanned, &line, &len)) {
		if (!take_line(c, line, len))
			return COURIER_USAGE;
		buf_consume(&c->in, len + 1);
	}
	*over = false;
	return COURIER_ENDED;
}

static enum courier_exit
serve(struct courier *c)
{
	enum courier_exit status = COURIER_ENDED;
	unsigned ready, wanted = SOCKET_INPUT;
	bool over = false;

	while (!over) {
		if (c->broker)
			wanted = broker_wants(c->broker);
		ready = socket_wait(c->broker ? broker_socket(c->broker) : -1,
		    wanted, c->broker ? broker_until_ns(c->broker) : INT64_MAX);
		if (ready & SOCKET_INPUT)
			status = take_input(c, &over);
		if (c->broker && !over)
			broker_turn(c->broker, ready);
	}
	return status;
}

int
main(int argc, char **argv)
{
	struct courier c = { 0 };
	enum courier_exit status;

	(void)argv;
	if (argc > 1) {
		fputs("usage: courier, by ttsd-gateway\n", stderr);
		return COURIER_USAGE;
	}
	memory_bound(MEMORY_MAX);
	standard_open();
	buf_init(&c.in, COURIER_LINE_MAX + READ_BYTES);
	status = serve(&c);
	broker_free(c.broker);
	json_decref(c.settings);
	buf_done(&c.in);
	return (int)status;
}
