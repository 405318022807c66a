#include "gateway/http/query.h"

#include <string.h>

#include "gateway/http/answer.h"
#include "gateway/http/door_internal.h"

struct query_reading {
	const char *names;
	const char *unknown, *twice; /* the first one of each, or NULL */
	uint32_t seen;               /* a bit for each of `names` */
};

/* Its bit in `names`; 0: it is none of them. */
static uint32_t
bit_of(const char *names, const char *name)
{
	uint32_t bit = 1;
	size_t n;

	for (; *names; names += n + (names[n] == ' '), bit <<= 1) {
		n = strcspn(names, " ");
		if (strlen(name) == n && memcmp(names, name, n) == 0)
			return bit;
	}
	return 0;
}

static enum MHD_Result
read_one(
    void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct query_reading *r = arg;
	uint32_t bit = bit_of(r->names, name);

	(void)kind;
	(void)value;
	if (bit == 0 && r->unknown == NULL)
		r->unknown = name;
	if ((r->seen & bit) && r->twice == NULL)
		r->twice = name;
	r->seen |= bit;
	return MHD_YES;
}

bool
query_check(struct exchange *x, const char *names)
{
	struct query_reading r = { .names = names };
	bool is_post = strcmp(exchange_method(x), "POST") == 0;

	MHD_get_connection_values(x->mhd, MHD_GET_ARGUMENT_KIND, read_one, &r);
	if (r.unknown && names[0])
		answer_error(x, 0, "bad-request",
		    "behind '?' there may be %s, and no '%.40s'", names,
		    r.unknown);
	else if (r.unknown)
		answer_error(x, 0, "bad-request",
		    "nothing behind '?' is read here, and there is '%.40s'%s",
		    r.unknown, is_post ? ": fields go into the body" : "");
	else if (r.twice)
		answer_error(x, 0, "bad-request",
		    "behind '?' there is more than one '%s'", r.twice);
	return !r.unknown && !r.twice;
}
