#include "ttsd/text/speech.h"

#include <stdlib.h>

void
speech_done(struct speech *s)
{
	free(s->text);
	speech_parameters_done(&s->parameters);
	*s = (struct speech){ 0 };
}
