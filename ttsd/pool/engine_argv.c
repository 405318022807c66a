#include "ttsd/pool/engine_argv.h"

#include "common/conf/engine_type.h"
#include "platform/platform.h"

char **
engine_argv(const struct conf_engine *conf, const struct conf_ttsd *ttsd)
{
	const struct engine_type *type = engine_type_of(conf);
	char dir[PLATFORM_PATH_MAX];
	struct argv a = { 0 };

	if (path_libexec(dir, sizeof(dir)) < 0)
		return NULL;
	argv_add(&a, "%s/%s", dir, type->name);
	if (type->add_options)
		type->add_options(&a, conf, ttsd);
	return argv_take(&a);
}
