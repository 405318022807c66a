/*
 * A small api for the tests and fuzzers of the control protocol: one
 * operation for each kind of field and each way to answer. And the oracle of
 * what a reply line may look like. Needs no cmocka.
 */
#ifndef TESTS_UNIT_SAMPLE_OPS_H
#define TESTS_UNIT_SAMPLE_OPS_H

#include <string.h>

#include "common/control/session.h"
#include "common/utf8.h"

/* What the operations see and do: the ctx of the api. */
struct sample {
	bool open;      /* `later` answers */
	unsigned asked; /* times that `later` was asked */
	unsigned runs;  /* operations carried out */
	unsigned big;   /* bytes of the answer to `big` */
};

static enum verdict
sample_echo(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)s;
	((struct sample *)ctx)->runs++;
	json_object_update(r->body, (json_t *)body);
	json_object_del(r->body, "op");
	json_object_del(r->body, "tag");
	return OP_DONE;
}

static enum verdict
sample_cancel(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)s;
	((struct sample *)ctx)->runs++;
	reply_set(r, "id", json_integer((json_int_t)body_id(body, "id")));
	return OP_DONE;
}

static enum verdict
sample_later(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct sample *sample = ctx;

	(void)s;
	(void)body;
	sample->asked++;
	reply_set(r, "asked", json_integer(sample->asked));
	if (!sample->open) {
		/* This half-made answer must go nowhere. */
		reply_error(r, PROTO_UNAVAILABLE, "not now");
		return OP_LATER;
	}
	sample->runs++;
	return OP_DONE;
}

static enum verdict
sample_fail(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)ctx;
	(void)s;
	(void)body;
	reply_set(r, "never", json_string("seen"));
	reply_error(r, PROTO_DENIED, "dirty\nmessage\x1b[31m \xff\xe6\x97\xa5");
	return OP_DONE;
}

static enum verdict
sample_big(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct sample *sample = ctx;
	char *text = calloc(1, sample->big + 1u);

	(void)s;
	(void)body;
	sample->runs++;
	if (text)
		memset(text, 'x', sample->big);
	reply_set(r, "text", json_string(text));
	free(text);
	return OP_DONE;
}

/* A plain reply shows `lines`, which holds what a line must not. */
static enum verdict
sample_lines(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)ctx;
	(void)s;
	(void)body;
	reply_set(r, "lines", json_string("one\ntwo\r\x1b[31m"));
	return OP_DONE;
}

static const char *const sample_choices[] = { "low", "normal", "high", NULL };

static const char *const sample_words[] = { "for-ever", NULL };

static const struct field sample_echo_fields[] = {
	{ .name = "text", .type = FIELD_STRING, .required = true },
	{ .name = "n", .type = FIELD_INTEGER, .min = -5, .max = 100 },
	{ .name = "times",
	    .type = FIELD_INTEGER_OR_WORD,
	    .min = 1,
	    .max = 20,
	    .choices = sample_words },
	{ .name = "flag", .type = FIELD_BOOLEAN },
	{ .name = "level", .type = FIELD_CHOICE, .choices = sample_choices },
	{ .name = "list", .type = FIELD_STRINGS },
	{ .name = "id", .type = FIELD_ID },
	{ .name = NULL },
};

static const struct field sample_cancel_fields[] = {
	{ .name = "id", .type = FIELD_ID, .required = true },
	{ .name = NULL },
};

/* `quit` is the first, so that a table without it is sample_ops + 1. */
static const struct op sample_ops[] = {
	{ .name = "quit",
	    .help = "end",
	    .run = session_op_quit,
	    .plain = true },
	{ .name = "ping",
	    .help = "pong",
	    .run = session_op_ping,
	    .plain = true },
	{ .name = "help",
	    .help = "this",
	    .run = session_op_help,
	    .plain = true },
	{ .name = "echo",
	    .help = "fields back",
	    .bounded = true,
	    .run = sample_echo,
	    .fields = sample_echo_fields,
	    .plain = true,
	    .plain_field = "text",
	    .plain_reply = "text" },
	{ .name = "whole",
	    .help = "fields back",
	    .run = sample_echo,
	    .fields = sample_echo_fields,
	    .plain = true,
	    .plain_field = "text" },
	{ .name = "cancel",
	    .help = "an id",
	    .run = sample_cancel,
	    .fields = sample_cancel_fields,
	    .plain = true,
	    .plain_field = "id",
	    .plain_reply = "id" },
	{ .name = "later",
	    .help = "parks",
	    .run = sample_later,
	    .plain = true,
	    .plain_reply = "asked" },
	{ .name = "fail", .help = "fails", .run = sample_fail, .plain = true },
	{ .name = "big",
	    .help = "long answer",
	    .run = sample_big,
	    .plain = true },
	{ .name = "lines",
	    .help = "two lines",
	    .run = sample_lines,
	    .plain = true,
	    .plain_reply = "lines" },
	{ .name = "subscribe",
	    .help = "events",
	    .run = session_op_subscribe,
	    .fields = session_subscribe_fields },
	{ .name = NULL },
};

static const char *const sample_events[] = { "queued", "started", "word",
	"finished", NULL };

/* Is this (without its newline) one reply line as docs/PROTOCOL.md has it? */
static inline bool
sample_reply_valid(const char *line, size_t len)
{
	json_t *whole, *ok;
	uint32_t cp;
	size_t at, n;
	bool good, failed;

	for (at = 0; at < len; at += n) {
		n = utf8_decode(line + at, len - at, &cp);
		if (n == 0 || cp < 0x20)
			return false;
	}
	if (len > 0 && line[0] == '{') {
		whole = json_loadb(line, len, JSON_DECODE_INT_AS_REAL, NULL);
		ok = json_object_get(whole, "ok");
		failed = json_is_false(ok);
		good =
		    json_is_boolean(ok) &&
		    failed == json_is_string(json_object_get(whole, "error")) &&
		    failed >= json_is_string(json_object_get(whole, "message"));
		json_decref(whole);
		return good;
	}
	if (len >= 2 && memcmp(line, "ok", 2) == 0)
		return len == 2 || line[2] == ' ';
	return len > 6 && memcmp(line, "error ", 6) == 0 &&
	       memchr(line, ':', len) != NULL;
}

#endif
