/*
 * What types of engines there are: a row each in engine_type.c, and from there
 * everybody knows them. The rest of an engine is its program, which bears the
 * type's name: the build finds it by where it stands (ttsd/engines), and tests
 * hold it and the documentation to the rows. Pure.
 */
#ifndef COMMON_CONF_ENGINE_TYPE_H
#define COMMON_CONF_ENGINE_TYPE_H

#include <stdbool.h>

#include "common/args/argv.h"
#include "common/conf/conf.h"

struct engine_type {
	const char *name;   /* of the type and of its program */
	bool exists;        /* there is one of that name unless configured */
	const char *needs;  /* the key that must be set; NULL: none */
	const char *needed; /* the same, for a message: "an address" */
	/* What a channel asks for that sets neither voice nor language; NULL:
	 * nothing. */
	const char *voice;
	bool has_clips; /* its voices are the clips of requests and channels */
	/* Writes what is configured as the program's options; NULL: it takes
	 * none. */
	void (*add_options)(struct argv *a, const struct conf_engine *conf,
	    const struct conf_ttsd *ttsd);
};

/* By conf_engine.type; ends in a row without a name. */
extern const struct engine_type engine_types[];
/* Their names in the same order, NULL-terminated. */
extern const char *const engine_type_names[];

static inline const struct engine_type *
engine_type_of(const struct conf_engine *conf)
{
	return &engine_types[conf->type];
}

#endif
