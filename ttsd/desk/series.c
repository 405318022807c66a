#include "ttsd/desk/series.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/control/fields.h"
#include "common/text/fold.h"
#include "common/utf8.h"

int64_t
series_next(const struct series *s, const struct conf_series *conf, int64_t day)
{
	bool again = conf->restart == SERIES_DAILY && day > s->day;

	/* The configuration may have changed. */
	if (again || s->next < conf->first || s->next > conf->last)
		return conf->first;
	return s->next;
}

int64_t
series_called(const struct series *s, int64_t day)
{
	return day > s->day ? 0 : s->called;
}

int64_t
series_after(const struct conf_series *conf, int64_t number)
{
	return number < conf->last ? number + 1 : conf->first;
}

int64_t
series_take(struct series *s, const struct conf_series *conf, int64_t day,
    int64_t turn, bool called)
{
	int64_t number = series_next(s, conf, day);

	s->called = series_called(s, day) + called;
	if (day > s->day)
		s->day = day;
	s->next = series_after(conf, number);
	s->turn = turn;
	return number;
}

bool
series_give_back(struct series *s, const struct conf_series *conf,
    int64_t number, int64_t day, int64_t turn, bool called)
{
	if (day != s->day || s->next != series_after(conf, number) ||
	    number < conf->first || number > conf->last)
		return false;
	s->next = number;
	s->called -= called && s->called > 0;
	s->turn = turn;
	return true;
}

void
series_set(struct series *s, int64_t next, int64_t day, int64_t turn)
{
	if (day != s->day)
		s->called = 0;
	s->day = day;
	s->next = next;
	s->turn = turn;
}

json_t *
series_tell(const struct series *s)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:I}", "name", s->name, "next",
	    (json_int_t)s->next, "day", (json_int_t)s->day, "called",
	    (json_int_t)s->called, "turn", (json_int_t)s->turn);
}

void
series_read(struct series *s, const json_t *told)
{
	*s = (struct series){ .next = body_integer(told, "next", 0),
		.day = body_integer(told, "day", 0),
		.called = body_integer(told, "called", 0),
		.turn = body_integer(told, "turn", 0) };
	snprintf(s->name, sizeof(s->name), "%s", body_string(told, "name"));
}

/* ---- tickets ------------------------------------------------------------ */

void
ticket_write(
    const struct conf_series *conf, int64_t number, char out[TICKET_BYTES])
{
	snprintf(out, TICKET_BYTES, "%.*s%0*" PRId64, CONF_SERIES_PREFIX_MAX,
	    conf->prefix, (int)conf->width, number);
}

/* What stands for it in plain characters; false: that is too long for a
 * ticket. */
static bool
fold(const char *text, char *out, size_t size)
{
	size_t len = strlen(text), at = 0, n, made;
	uint32_t before = 0;
	char form[FOLD_BYTES];

	if (!utf8_valid(text, len))
		return false;
	while ((n = fold_at(text, len, &before, form, &made)) > 0) {
		if (made >= size - at)
			return false;
		memcpy(out + at, form, made);
		at += made;
		text += n;
		len -= n;
	}
	out[at] = '\0';
	return true;
}

bool
ticket_read(const struct conf_series *conf, const char *text, int64_t *number)
{
	char ticket[4 * TICKET_BYTES], prefix[4 * TICKET_BYTES], *digits;
	size_t len;

	if (!fold(text, ticket, sizeof(ticket)) ||
	    !fold(conf->prefix, prefix, sizeof(prefix)))
		return false;
	len = strlen(prefix);
	if (strncasecmp(ticket, prefix, len) != 0)
		return false;
	digits = ticket + len;
	len = strlen(digits);
	if (len == 0 || len > CONF_SERIES_DIGITS ||
	    strspn(digits, "0123456789") != len)
		return false;
	*number = strtoll(digits, NULL, 10);
	return *number >= conf->first && *number <= conf->last;
}
