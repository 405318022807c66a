#include "ttsctl/doctor/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "ttsctl/table.h"

#define TEXT_MAX 1000

static const struct {
	const char *name;
	const char *colour;
} severities[SEVERITY_COUNT] = {
#define X(severity, name, colour) [FOUND_##severity] = { name, colour },
	SEVERITIES(X)
#undef X
};

const char *
severity_name(enum severity severity)
{
	return severities[severity].name;
}

void
report_add(struct report *r, enum severity severity, const char *about,
    const char *fmt, ...)
{
	json_t *finding = json_object();
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->count[severity]++;
	body_put_text(&finding, "check", r->check);
	body_put_text(&finding, "severity", severity_name(severity));
	if (about[0])
		body_put_text(&finding, "about", about);
	body_put_text(&finding, "text", text);
	json_array_append_new(r->findings, finding);
}

void
report_remedy(struct report *r, const char *fmt, ...)
{
	size_t count = json_array_size(r->findings);
	json_t *latest = json_array_get(r->findings, count ? count - 1 : 0);
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (latest)
		body_put_text(&latest, "remedy", text);
}

enum severity
report_worst(const struct report *r)
{
	int i = SEVERITY_COUNT - 1;

	while (i > FOUND_FINE && r->count[i] == 0)
		i--;
	return (enum severity)i;
}

/* ---- for a person ---------------------------------------------------------
 */

static const char *
colour_of(const char *severity)
{
	size_t i;

	for (i = 0; i < SEVERITY_COUNT; i++)
		if (strcmp(severity, severities[i].name) == 0)
			return severities[i].colour;
	return "";
}

static void
write_finding(struct page *p, const json_t *finding)
{
	const char *severity = cell_text(finding, "severity");
	const char *about = cell_text(finding, "about");
	const char *remedy = cell_text(finding, "remedy");

	page_line(p, colour_of(severity), "  %-8s  %s%s%s", severity, about,
	    about[0] ? ": " : "", cell_text(finding, "text"));
	if (remedy[0])
		page_line(p, "", "            to do: %s", remedy);
}

void
report_write(struct page *p, const struct report *r, size_t first)
{
	const char *check = "";
	const json_t *finding;
	size_t i;

	for (i = first; i < json_array_size(r->findings); i++) {
		finding = json_array_get(r->findings, i);
		if (strcmp(check, cell_text(finding, "check")) != 0) {
			check = cell_text(finding, "check");
			page_line(p, BOLD, "%s", check);
		}
		write_finding(p, finding);
	}
}

void
report_write_sum(struct page *p, const struct report *r)
{
	if (report_worst(r) == FOUND_FINE)
		page_line(p, GREEN, "all is well");
	else
		page_line(p, severities[report_worst(r)].colour,
		    "errors: %zu, warnings: %zu, not seen: %zu, fine: %zu",
		    r->count[FOUND_ERROR], r->count[FOUND_WARNING],
		    r->count[FOUND_UNSEEN], r->count[FOUND_FINE]);
}
