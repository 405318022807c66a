#include "ttsd/engines/kit/kit_process.h"

#include <stdint.h>
#include <stdlib.h>

#include "common/err.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_child.h"
#include "ttsd/engines/kit/kit_clock.h"
#include "ttsd/engines/kit/kit_complaint.h"
#include "ttsd/engines/kit/kit_input.h"

/* After the program's end, its output may stay open this long (what it left
 * behind holds it); after the end of its output, the program may live this
 * long. */
#define LINGER_MS 2000
/* A program that was asked to end is made to after this time. */
#define ASK_MS 200

struct kit_process {
	struct kit_child *child;
	/* The end of its output is taken for granted at this time: KIT_NEVER
	 * while the program lives. */
	int64_t linger_ns;
};

static const char *
base_name(const char *path)
{
	const char *base = path;

	for (; *path; path++)
		if (*path == '/' || *path == '\\')
			base = path + 1;
	return base;
}

int
kit_process_start(
    struct kit_process **out, char *const argv[], const void *input, size_t len)
{
	struct kit_process *p = calloc(1, sizeof(*p));
	int rc;

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	p->linger_ns = KIT_NEVER;
	kit_complaint_begin(base_name(argv[0]));
	rc = kit_child_start(&p->child, argv, input, len);
	if (rc < 0)
		free(p);
	else
		*out = p;
	return rc;
}

/* True when the output is ready. */
static bool
kit_process_serve(struct kit_process *p, int64_t until_ns)
{
	bool ready = kit_child_serve(p->child, kit_ms_until(until_ns));

	if (p->linger_ns == KIT_NEVER && kit_child_has_ended(p->child))
		p->linger_ns = kit_in_ms(LINGER_MS);
	return ready;
}

long
kit_process_read(
    struct kit_process *p, void *data, size_t cap, unsigned timeout_ms)
{
	int64_t until_ns = timeout_ms ? kit_in_ms(timeout_ms) : KIT_NEVER;
	long n;

	for (;;) {
		if (kit_wanted() < 0)
			return ERR_CLOSED;
		if (p->linger_ns < until_ns)
			until_ns = p->linger_ns;
		if (kit_process_serve(p, until_ns)) {
			n = kit_child_read(p->child, data, cap);
			if (n != ERR_AGAIN)
				return n;
		} else if (kit_ms_until(until_ns) == 0) {
			return kit_child_has_ended(p->child) ? 0 : ERR_TIMEOUT;
		}
	}
}

static void
kit_process_free(struct kit_process *p, struct kit_process_end *end)
{
	kit_child_free(p->child, end);
	kit_complaint_end();
	free(p);
}

int
kit_process_finish(struct kit_process *p, struct kit_process_end *end)
{
	int64_t until_ns = kit_in_ms(LINGER_MS);
	bool killed;

	*end = (struct kit_process_end){ 0 };
	kit_child_close(p->child);
	while (!kit_child_has_ended(p->child) && kit_ms_until(until_ns) > 0) {
		if (kit_wanted() < 0) {
			kit_process_kill(p);
			return ERR_CLOSED;
		}
		kit_process_serve(p, until_ns);
	}
	killed = !kit_child_has_ended(p->child);
	kit_process_free(p, end);
	end->killed = killed;
	return 0;
}

/* Cancelled, a program may tidy up; at the end of everything there is no time
 * for that. */
static void
kit_process_await_tidying(struct kit_process *p)
{
	int64_t until_ns = kit_in_ms(ASK_MS);

	kit_child_close(p->child);
	while (!kit_child_has_ended(p->child) && !kit_input_ended() &&
	       kit_ms_until(until_ns) > 0) {
		kit_process_serve(p, until_ns);
		kit_wanted();
	}
}

void
kit_process_kill(struct kit_process *p)
{
	struct kit_process_end end;

	if (p == NULL)
		return;
	if (!kit_input_ended() && kit_child_ask(p->child))
		kit_process_await_tidying(p);
	kit_process_free(p, &end);
}
