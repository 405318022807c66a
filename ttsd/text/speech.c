#include "ttsd/text/speech.h"

#include <stdlib.h>

void
speech_done(struct speech *s)
{
	free(s->text);
	free(s->voice);
	free(s->language);
	*s = (struct speech){ 0 };
}
