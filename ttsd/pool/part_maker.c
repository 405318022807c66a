#include "ttsd/pool/part_maker.h"

struct engine *
part_maker(const struct part *part)
{
	struct engine *second = engine_fallback(part->engine);

	return second && engine_is_ailing(part->engine) ? second : part->engine;
}

struct engine *
part_maker_after(const struct part *part, const struct engine *e)
{
	return e == part->engine ? engine_fallback(e) : NULL;
}

struct speech
part_speech(const struct part *part, const struct engine *e)
{
	struct speech speech = part->speech;

	if (e != part->engine)
		speech.parameters.voice = NULL;
	return speech;
}
