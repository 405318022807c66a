#include "common/control/reply.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/body.h"

static const char *const error_names[] = { [PROTO_OK] = "ok",
#define X(name, text) [PROTO_##name] = text,
	PROTO_ERRORS(X)
#undef X
};

const char *
proto_error_name(enum proto_error error)
{
	return error_names[error];
}

void
reply_error(struct reply *r, enum proto_error code, const char *fmt, ...)
{
	va_list ap;

	r->error = code;
	va_start(ap, fmt);
	vsnprintf(r->message, sizeof(r->message), fmt, ap);
	va_end(ap);
}

void
reply_no_memory(struct reply *r)
{
	reply_error(r, PROTO_UNAVAILABLE, "out of memory");
}

void
reply_set(struct reply *r, const char *name, json_t *value)
{
	body_put(&r->body, name, value);
	if (r->body == NULL && r->error == PROTO_OK)
		reply_no_memory(r);
}

void
reply_set_in(
    struct reply *r, const char *object, const char *name, json_t *value)
{
	if (r->body && json_object_get(r->body, object) == NULL)
		reply_set(r, object, json_object());
	if (json_object_set_new(json_object_get(r->body, object), name, value) <
		0 &&
	    r->error == PROTO_OK)
		reply_no_memory(r);
}
