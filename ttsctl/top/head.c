#include "ttsctl/link.h"
#include "ttsctl/outputs.h"
#include "ttsctl/top/parts.h"

static size_t
count_not_running(const json_t *workers)
{
	const json_t *worker;
	size_t i, count = 0;

	json_array_foreach(workers, i, worker)
	{
		count += !face_is(worker, "state", "running");
	}
	return count;
}

static void
write_ttsd(struct page *p, const char *now, const struct sight *s)
{
	const json_t *status = s->ttsd.status;
	const json_t *workers = json_object_get(status, "workers");
	const json_t *ledger = json_object_get(status, "ledger");
	size_t broken = count_not_running(workers), column = 0;
	char version[CELL_MAX], up[CELL_MAX], why[CELL_MAX];

	page_part(p, &column, "", "%s  ttsd %s, up %s; workers %zu", now,
	    cell(version, status, "version", NULL),
	    cell(up, status, "uptime_ms", cell_duration),
	    json_array_size(workers));
	if (broken > 0)
		page_part(p, &column, YELLOW, ", %zu not running", broken);
	if (json_is_object(ledger) &&
	    !json_is_true(json_object_get(ledger, "keeps")))
		page_part(p, &column, YELLOW, "; keeps nothing: %s",
		    cell(why, ledger, "why", NULL));
	page_end(p);
}

void
face_write_head(struct page *p, const struct sight *s)
{
	char now[16], head[OUTPUTS_HEAD_MAX];

	time_text(now, sizeof(now), "%H:%M:%S", s->now_ms);
	if (s->ttsd.trouble[0])
		link_write_trouble(p, now, "ttsd", s->ttsd.trouble);
	else
		write_ttsd(p, now, s);
	memset(now, ' ', strlen(now));
	if (s->streamer.trouble[0])
		link_write_trouble(
		    p, now, "streamer-supervisor", s->streamer.trouble);
	else
		page_line(p, "", "%s  %s", now,
		    outputs_head(head, sizeof(head), s->streamer.status));
	if (s->gateway[0])
		page_line(p, s->gateway_answers ? "" : RED,
		    "%s  ttsd-gateway %s at %s", now,
		    s->gateway_answers ? "listens" : "does not answer",
		    s->gateway);
}
