#include "streamer-supervisor/picture/settled.h"

void
settled_begin(struct settled *s, uint64_t sample)
{
	s->first = sample;
	s->count = 0;
}

void
settled_note(struct settled *s, int64_t now_ns, uint64_t sample)
{
	size_t last = (s->count - 1) % SETTLED_MARKS;

	if (s->count == 0 || now_ns - s->noted_ns >= SETTLED_TURN_NS) {
		s->looked_ns = s->count == 0 ? now_ns : s->noted_ns;
		s->noted_ns = now_ns;
	}
	if (s->count > 0 && now_ns - s->marks[last].ns < SETTLED_STEP_NS)
		return;
	s->marks[s->count % SETTLED_MARKS].ns = now_ns;
	s->marks[s->count % SETTLED_MARKS].sample = sample;
	s->count++;
}

uint64_t
settled_since(const struct settled *s, int64_t ago_ns)
{
	int64_t ns = s->looked_ns - ago_ns;
	size_t i, n = s->count < SETTLED_MARKS ? s->count : SETTLED_MARKS;

	for (i = 1; i <= n; i++)
		if (s->marks[(s->count - i) % SETTLED_MARKS].ns <= ns)
			return s->marks[(s->count - i) % SETTLED_MARKS].sample;
	return s->first;
}
