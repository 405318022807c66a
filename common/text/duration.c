#include "common/text/duration.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/* More digits than those are no number that anybody means. */
#define DIGITS_MAX 12

static const struct {
	const char *name;
	int64_t ns;
} units[] = {
	{ "ms", INT64_C(1000000) },
	{ "s", INT64_C(1000000000) },
	{ "m", INT64_C(60000000000) },
	{ "h", INT64_C(3600000000000) },
	{ "d", INT64_C(86400000000000) },
};

static size_t
count_digits(const char *s)
{
	size_t n = 0;

	while (isdigit((unsigned char)s[n]))
		n++;
	return n;
}

static int64_t
read_digits(const char *s, size_t n)
{
	int64_t value = 0;

	for (; n > 0; n--, s++)
		value = value * 10 + (*s - '0');
	return value;
}

/* The value of the digits behind a point. */
static int64_t
read_fraction(const char *s, size_t n, int64_t unit_ns)
{
	int64_t ns = 0;

	for (; n > 0; n--, s++) {
		unit_ns /= 10;
		ns += (*s - '0') * unit_ns;
	}
	return ns;
}

bool
duration_parse(const char *text, int64_t *ns)
{
	size_t whole = count_digits(text), fraction = 0, i;
	const char *point = text + whole, *unit = point;

	if (*point == '.') {
		fraction = count_digits(point + 1);
		unit = point + 1 + fraction;
	}
	if (whole == 0 || whole > DIGITS_MAX ||
	    (*point == '.' && fraction == 0))
		return false;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit, units[i].name) == 0)
			return !__builtin_mul_overflow(
				   read_digits(text, whole), units[i].ns, ns) &&
			       !__builtin_add_overflow(*ns,
				   read_fraction(
				       point + 1, fraction, units[i].ns),
				   ns);
	return false;
}
