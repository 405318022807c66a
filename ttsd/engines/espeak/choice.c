#include "ttsd/engines/espeak/choice.h"

#include <stddef.h>
#include <string.h>

#include "ttsd/engines/espeak/voice.h"

bool
choice_stays(const char *voice, const char *language)
{
	return voice[0] == '\0' && language && voice_speaks(language);
}

struct choice
choice_change(struct choice now, const char *voice, const char *language)
{
	const char *variant = now.voice ? strchr(now.voice, '+') : NULL;

	if (voice[0] && voice_set(voice, language) == 0)
		return (struct choice){ voice, language };
	if (language && voice_set(variant, language) == 0)
		return (struct choice){ variant, language };
	voice_set(now.voice, now.language);
	return now;
}
