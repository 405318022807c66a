#include "streamer-supervisor/ear/receipts.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_MS INT64_C(1000000)

const char *
receipt_state_name(enum receipt_state state)
{
	static const char *const names[] = {
		[RECEIPT_HEARD] = "heard",
		[RECEIPT_MISSED] = "missed",
		[RECEIPT_UNKNOWN] = "unknown",
	};

	return names[state];
}

void
receipts_unknown(struct receipts *r, uint64_t id, const char *reason)
{
	struct receipt one = { .id = id, .state = RECEIPT_UNKNOWN };

	snprintf(one.reason, sizeof(one.reason), "%s", reason);
	r->told(r->arg, &one);
}

static void
open_remove(struct receipts *r, size_t i)
{
	r->count--;
	memmove(
	    &r->open[i], &r->open[i + 1], (r->count - i) * sizeof(r->open[0]));
}

void
receipts_add(struct receipts *r, uint64_t id, uint64_t from, uint64_t to)
{
	if (r->count == RECEIPTS_MAX) {
		receipts_unknown(
		    r, r->open[0].id, "too many announcements at once");
		open_remove(r, 0);
	}
	r->open[r->count++] = (struct receipts_open){ id, from, to };
}

void
receipts_lose(struct receipts *r, const char *reason)
{
	size_t i, n = r->count;

	r->count = 0;
	for (i = 0; i < n; i++)
		receipts_unknown(r, r->open[i].id, reason);
}

/* Says what came instead of an announcement. */
static void
explain_missed(struct receipt *one, const struct span_verdict *v)
{
	if (v->judged == 0)
		snprintf(one->reason, sizeof(one->reason),
		    "nothing came in its time");
	else if (v->lacking < v->sounding)
		snprintf(one->reason, sizeof(one->reason),
		    "%u.%u s of its %u.%u s of sound did not come",
		    v->lacking / 10, v->lacking % 10, v->sounding / 10,
		    v->sounding % 10);
	else
		snprintf(one->reason, sizeof(one->reason),
		    "%s came in its place",
		    v->came ? "another sound" : "silence");
}

static void
receipt_fill(struct receipt *one, const struct span_verdict *v)
{
	switch (v->state) {
	case SPAN_HEARD:
		one->state = RECEIPT_HEARD;
		one->delay_ms = v->delay_ns / NS_PER_MS;
		one->confidence = v->confidence;
		break;
	case SPAN_MISSED:
		one->state = RECEIPT_MISSED;
		explain_missed(one, v);
		break;
	case SPAN_BEFORE:
		one->state = RECEIPT_UNKNOWN;
		snprintf(one->reason, sizeof(one->reason),
		    "it began before anybody listened");
		break;
	default:
		one->state = RECEIPT_UNKNOWN;
		snprintf(one->reason, sizeof(one->reason), "it is but silence");
	}
}

void
receipts_judge(struct receipts *r, const struct compare *c, int64_t now_ns)
{
	size_t i = 0;

	while (i < r->count) {
		const struct receipts_open *o = &r->open[i];
		struct span_verdict v = compare_span(c, o->from, o->to, now_ns);
		struct receipt one = { .id = o->id };

		if (v.state == SPAN_OPEN) {
			i++;
			continue;
		}
		open_remove(r, i);
		receipt_fill(&one, &v);
		r->told(r->arg, &one);
	}
}
