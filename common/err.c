#include "common/err.h"

static const char *const texts[ERR_COUNT] = {
#define X(name, text) [ERR_INDEX_##name] = text,
	ERR_LIST(X)
#undef X
};

const char *
err_text(int err)
{
	if (err == 0)
		return "success";
	if (err > 0 || err < -ERR_COUNT)
		return "unknown error";
	return texts[-1 - err];
}
