#include "ttsctl/doctor/program.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/lines.h"
#include "common/utf8.h"

struct running {
	struct loop *loop;
	struct process *process;
	struct ran *ran;
};

static void
program_gone(void *arg, const struct process_end *end)
{
	struct running *p = arg;

	p->ran->end = *end;
	process_free(p->process);
	p->process = NULL;
	loop_stop(p->loop);
}

/* What is more than there is room for is left out. */
static void
program_out(void *arg, const uint8_t *data, size_t len)
{
	struct running *p = arg;

	buf_put(&p->ran->out, data, len);
}

static void
program_err(void *arg, const uint8_t *data, size_t len)
{
	struct running *p = arg;

	buf_put(&p->ran->err, data, len);
}

static void
program_late(void *arg)
{
	struct running *p = arg;

	p->ran->late = true;
	process_kill(p->process);
}

void
program_run(struct loop *l, const char *const argv[], int64_t patience_ns,
    struct ran *out)
{
	static const struct process_events events = {
		.gone = program_gone, .out = program_out, .err = program_err
	};
	struct process_spec spec = { .argv = argv };
	struct running p = { .loop = l, .ran = out };
	struct timer *deadline = NULL;
	int rc;

	*out = (struct ran){ .late = false };
	buf_init(&out->out, PROGRAM_SAID_MAX);
	buf_init(&out->err, PROGRAM_SAID_MAX);
	rc = timer_new(l, TIMER_COARSE, program_late, &p, &deadline);
	if (rc == 0)
		rc = process_spawn(l, &spec, &events, &p, &p.process);
	if (rc == 0) {
		timer_at(deadline, clock_awake_ns() + patience_ns);
		loop_run(l);
	} else {
		out->end.err = rc;
	}
	if (deadline)
		timer_free(deadline);
}

void
ran_done(struct ran *r)
{
	buf_done(&r->out);
	buf_done(&r->err);
}

void
our_program(const char *name, char *out, size_t size)
{
	static const char inside[] = "libexec";
	char dir[PLATFORM_PATH_MAX];
	char *at = NULL, *next;

	if (path_libexec(dir, sizeof(dir)) == 0)
		for (next = dir; (next = strstr(next, inside)); next++)
			at = next;
	if (at && at > dir) {
		snprintf(out, size, "%.*sbin%c%s", (int)(at - dir), dir, at[-1],
		    name);
		if (process_check_program(out) == 0)
			return;
	}
	snprintf(out, size, "%s", name);
}

void
ran_describe(const struct ran *r, char *out, size_t size)
{
	if (r->late)
		snprintf(out, size, "took too long");
	else if (r->end.err)
		snprintf(out, size, "%s", err_text(r->end.err));
	else
		process_describe(&r->end, out, size);
}

void
said_lines(
    const struct buf *said, void (*fn)(void *arg, const char *line), void *arg)
{
	const char *text = (const char *)buf_data(said), *line;
	size_t left = buf_len(said), len;
	char safe[LINES_MAX + 1];

	while (lines_next(&text, &left, &line, &len)) {
		utf8_sanitise(safe, sizeof(safe), line, len);
		if (safe[0])
			fn(arg, safe);
	}
}
