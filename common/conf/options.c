#include "common/conf/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

struct args {
	int argc, at;
	char **argv;
	struct options *o;
};

/* The value of -X VALUE, -XVALUE, --long VALUE or --long=VALUE. */
static const char *
take_value(struct args *a, const char *name)
{
	const char *arg = a->argv[a->at];
	const char *rest = arg + strlen(name);

	if (*rest == '=' && name[1] == '-')
		return rest + 1;
	if (*rest)
		return rest;
	if (a->at + 1 < a->argc)
		return a->argv[++a->at];
	snprintf(a->o->error, sizeof(a->o->error), "%s needs a value", name);
	return NULL;
}

static bool
is(const char *arg, const char *name)
{
	return strcmp(arg, name) == 0;
}

static bool
is_valued(const char *arg, const char *name)
{
	size_t n = strlen(name);

	if (name[1] == '-')
		return strncmp(arg, name, n) == 0 &&
		       (arg[n] == '\0' || arg[n] == '=');
	return strncmp(arg, name, n) == 0;
}

static void
take_define(struct args *a)
{
	const char *value = take_value(a, "-D");

	if (value && a->o->define_count == OPTIONS_DEFINES_MAX)
		snprintf(
		    a->o->error, sizeof(a->o->error), "too many -D options");
	else if (value)
		a->o->defines[a->o->define_count++] = value;
}

static void
take_log_format(struct args *a)
{
	const char *value = take_value(a, "--log-format");

	if (value == NULL)
		return;
	a->o->json_log = is(value, "json");
	if (!a->o->json_log && !is(value, "text"))
		snprintf(a->o->error, sizeof(a->o->error),
		    "--log-format is text or json, not '%.40s'", value);
}

static void
take_option(struct args *a)
{
	const char *arg = a->argv[a->at];

	if (is(arg, "--help") || is(arg, "-h"))
		a->o->help = true;
	else if (is(arg, "--version"))
		a->o->version = true;
	else if (is(arg, "--check-config"))
		a->o->check_config = true;
	else if (arg[0] == '-' && arg[1] == 'v' &&
		 strspn(arg + 1, "v") == strlen(arg + 1))
		a->o->verbosity += (unsigned)strlen(arg + 1);
	else if (is_valued(arg, "--log-format"))
		take_log_format(a);
	else if (is_valued(arg, "-c"))
		a->o->file = take_value(a, "-c");
	else if (is_valued(arg, "-D"))
		take_define(a);
	else
		snprintf(a->o->error, sizeof(a->o->error),
		    "unknown argument '%.60s'", arg);
}

int
options_parse(int argc, char **argv, struct options *out)
{
	struct args a = { .argc = argc, .argv = argv, .o = out };

	*out = (struct options){ 0 };
	out->defines = calloc((size_t)argc + 1, sizeof(*out->defines));
	if (out->defines == NULL)
		return ERR_NOMEM;
	for (a.at = 1; a.at < argc && out->error[0] == '\0'; a.at++)
		take_option(&a);
	return out->error[0] ? ERR_INVALID : 0;
}

void
options_done(struct options *o)
{
	free(o->defines);
	o->defines = NULL;
}
