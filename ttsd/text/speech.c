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

static bool
parameter_is_same(const struct speech_parameters *a,
    const struct speech_parameters *b, const struct speech_parameter *p)
{
	const char *left, *right;

	if (!p->is_text)
		return speech_number(a, p) == speech_number(b, p);
	left = speech_text(a, p);
	right = speech_text(b, p);
	return left == right || (left && right && strcmp(left, right) == 0);
}

bool
speech_is_same(const struct speech *a, const struct speech *b)
{
	const struct speech_parameter *p;

	for (p = speech_parameters; p->name; p++)
		if (!parameter_is_same(&a->parameters, &b->parameters, p))
			return false;
	return a->ssml == b->ssml && a->loop == b->loop &&
	       strcmp(a->text, b->text) == 0;
}
