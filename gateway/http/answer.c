#include "gateway/http/answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"

static const struct {
	const char *code;
	unsigned status;
} statuses[] = {
	{ "bad-request", 400 },
	{ "unknown-op", 404 },
	{ "unknown-channel", 404 },
	{ "unknown-voice", 404 },
	{ "unknown-engine", 404 },
	{ "not-found", 404 },
	{ "too-long", 413 },
	{ "queue-full", 429 },
	{ "denied", 403 },
	{ "unavailable", 503 },
};

unsigned
answer_status(const char *code)
{
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (strcmp(statuses[i].code, code) == 0)
			return statuses[i].status;
	return 500;
}

void
answer_json(struct exchange *x, unsigned status, json_t *body)
{
	static const char none[] =
	    "{\"ok\":false,\"error\":\"unavailable\",\"message\":\"there is "
	    "no memory for the answer\"}";
	char *text = body_text(body);

	json_decref(body);
	if (text)
		exchange_reply(x, status, ANSWER_JSON, text, strlen(text));
	else
		exchange_reply(x, 503, ANSWER_JSON, none, sizeof(none) - 1);
	free(text);
}

void
answer_error(
    struct exchange *x, unsigned status, const char *code, const char *fmt, ...)
{
	json_t *body = json_object();
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	body_put(&body, "ok", json_false());
	body_put(&body, "error", json_string(code));
	body_put_text(&body, "message", message);
	answer_json(x, status ? status : answer_status(code), body);
}

void
answer_wrong_method(struct exchange *x, const char *allowed)
{
	exchange_set(x, "Allow", allowed);
	answer_error(x, 405, "bad-request", "%s is asked for with %s",
	    exchange_path(x), allowed);
}

void
answer_options(struct exchange *x, const char *allowed)
{
	exchange_set(x, "Allow", allowed);
	exchange_reply(x, 204, ANSWER_JSON, "", 0);
}
