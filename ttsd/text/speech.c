#include "ttsd/text/speech.h"

#include <stdlib.h>
#include <string.h>

void
speech_done(struct speech *s)
{
	free(s->text);
	speech_parameters_done(&s->parameters);
	*s = (struct speech){ 0 };
}

bool
speech_is_same(const struct speech *a, const struct speech *b)
{
	return a->ssml == b->ssml && a->loop == b->loop &&
	       speech_parameters_same(&a->parameters, &b->parameters) &&
	       strcmp(a->text, b->text) == 0;
}
