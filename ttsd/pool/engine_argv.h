/* Which program an engine is, and its command line: of the row of its type
 * (common/conf/engine_type.h). */
#ifndef TTSD_POOL_ENGINE_ARGV_H
#define TTSD_POOL_ENGINE_ARGV_H

#include "common/conf/conf.h"

/* Returns the whole command line, NULL-terminated, to be released by
 * words_free(); or NULL without memory or when the programs' folder cannot be
 * told. */
char **engine_argv(
    const struct conf_engine *conf, const struct conf_ttsd *ttsd);

#endif
