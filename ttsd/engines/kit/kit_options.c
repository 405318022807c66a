#include "ttsd/engines/kit/kit_options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

int
kit_options(
    int argc, char **argv, const struct kit_option *table, const char *usage)
{
	const struct kit_option *o;
	int i;

	for (i = 1; i < argc; i += 2) {
		for (o = table; o->name && strcmp(o->name, argv[i]) != 0; o++)
			;
		if (o->name && i + 1 < argc && kit_options_take(o, argv[i + 1]))
			continue;
		if (o->name)
			log_error("%s: %s", argv[i],
			    i + 1 < argc ? "bad value" : "no value");
		else
			log_error("there is no option '%s'", argv[i]);
		log_error("usage: %s", usage);
		return KIT_EXIT_USAGE;
	}
	return 0;
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
