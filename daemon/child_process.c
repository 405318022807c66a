#include "daemon/child_process.h"

#include "common/body.h"
#include "common/child/child_record.h"

static void
process_out(void *arg, const uint8_t *data, size_t len)
{
	struct child_process *p = arg;

	if (p->events->out)
		p->events->out(p->arg, data, len);
}

static void
process_err(void *arg, const uint8_t *data, size_t len)
{
	struct child_process *p = arg;

	if (p->events->err)
		p->events->err(p->arg, data, len);
}

static void
process_writable(void *arg)
{
	struct child_process *p = arg;

	if (p->events->writable)
		p->events->writable(p->arg);
}

static void
process_gone(void *arg, const struct process_end *end)
{
	struct child_process *p = arg;

	process_free(p->process);
	p->process = NULL;
	p->events->gone(p->arg, end);
	child_process_feed(p, CHILD_GONE);
}

static const struct process_events process_events = { .gone = process_gone,
	.out = process_out,
	.err = process_err,
	.writable = process_writable };

static void
child_process_spawn(struct child_process *p)
{
	struct process_spec spec = { .argv = NULL };
	int rc = p->events->describe(p->arg, &spec);

	if (rc == 0)
		rc = process_spawn(
		    p->loop, &spec, &process_events, p, &p->process);
	if (rc < 0) {
		p->events->failed(p->arg, rc);
		child_process_feed(p, CHILD_FAILED);
	} else if (p->events->begun) {
		p->events->begun(p->arg);
	}
}

void
child_process_feed(struct child_process *p, enum child_event event)
{
	enum child_state from = p->child.state;
	enum child_action action =
	    child_feed(&p->child, event, clock_awake_ns(), platform_random());

	timer_at(p->timer, p->child.deadline_ns);
	if (p->child.state != from)
		p->events->changed(p->arg, from);
	switch (action) {
	case CHILD_NOTHING:
		break;
	case CHILD_SPAWN:
		child_process_spawn(p);
		break;
	case CHILD_INTERRUPT:
		process_interrupt(p->process);
		break;
	case CHILD_KILL:
		process_kill(p->process);
		break;
	}
}

void
child_process_watch(struct child_process *p, bool watched)
{
	if (p->child.watched == watched)
		return;
	child_watch(&p->child, watched, clock_awake_ns());
	timer_at(p->timer, p->child.deadline_ns);
}

static void
child_process_deadline(void *arg)
{
	child_process_feed(arg, CHILD_DEADLINE);
}

int
child_process_init(struct child_process *p, struct loop *l,
    const struct child_process_events *events, void *arg)
{
	*p = (struct child_process){ .loop = l, .events = events, .arg = arg };
	return timer_new(l, TIMER_COARSE, child_process_deadline, p, &p->timer);
}

void
child_process_done(struct child_process *p)
{
	process_free(p->process);
	p->process = NULL;
	timer_free(p->timer);
	p->timer = NULL;
}

/* ---- from one program to its successor ----------------------------------- */

json_t *
child_process_hand_over(const struct child_process *p, struct parcel *parcel)
{
	json_t *o = child_save(&p->child, p->process != NULL, clock_awake_ns());

	if (p->process)
		body_put(&o, "process", process_hand_over(p->process, parcel));
	return o;
}

int
child_process_take_over(
    struct child_process *p, struct parcel *parcel, const json_t *word)
{
	struct process_end lost = { 0 };
	int rc = child_load(&p->child, word);

	if (rc < 0)
		return rc;
	timer_at(p->timer, p->child.deadline_ns);
	if (!child_alive(&p->child))
		return 0;
	lost.err = process_take_over(p->loop, parcel,
	    json_object_get(word, "process"), &process_events, p, &p->process);
	if (lost.err < 0)
		process_gone(p, &lost);
	return 0;
}
