#include "ttsd/engines/kit/kit_options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/options.h"
#include "ttsd/engines/kit/kit.h"

#define SECONDS_MAX 86400

static bool
kit_options_take(const struct kit_option *o, const char *value)
{
	if (o->string == NULL)
		return o->take(value);
	*o->string = value;
	return value[0] != '\0';
}

static void
list_rows(const struct kit_option *table, struct options_row *rows)
{
	size_t n;

	for (n = 0; table[n].name; n++)
		rows[n] =
		    (struct options_row){ .name = table[n].name + strlen("--"),
			    .valued = true };
	rows[n] = (struct options_row){ .name = NULL };
}

int
kit_options(
    int argc, char **argv, const struct kit_option *table, const char *usage)
{
	struct options_row rows[OPTIONS_ROWS_MAX];
	struct options o;
	const char *value;
	int row;

	list_rows(table, rows);
	options_begin(&o, rows, argc, argv);
	while ((row = options_next(&o, &value)) >= 0) {
		if (kit_options_take(&table[row], value))
			continue;
		log_error("%s: bad value", o.name);
		log_error("usage: %s", usage);
		return KIT_EXIT_USAGE;
	}
	if (row == OPTIONS_END && options_at(&o) == argc)
		return 0;
	if (row == OPTIONS_UNVALUED)
		log_error("%s: no value", o.name);
	else if (row == OPTIONS_UNKNOWN)
		log_error("there is no option '%s'", o.name);
	else
		log_error("an argument is no option");
	log_error("usage: %s", usage);
	return KIT_EXIT_USAGE;
}

bool
kit_option_number(const char *s, unsigned min, unsigned max, unsigned *out)
{
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(s, &end, 10);
	if (!isdigit((unsigned char)s[0]) || *end || errno || v < min ||
	    v > max)
		return false;
	*out = (unsigned)v;
	return true;
}

bool
kit_option_seconds(const char *s, unsigned min_s, unsigned *out_ms)
{
	unsigned seconds;

	if (!kit_option_number(s, min_s, SECONDS_MAX, &seconds))
		return false;
	*out_ms = seconds * 1000;
	return true;
}
