#include "streamer-supervisor/picture/status.h"

#include <stdlib.h>

#include "common/body.h"

static void
put_count(json_t **o, const char *name, uint64_t n)
{
	body_put(o, name, json_integer((json_int_t)n));
}

void
status_tell(const struct status *s)
{
	json_t *o = json_object();
	char *text;

	body_put(&o, "serving", json_boolean(s->serving));
	put_count(&o, "readers", s->counts.readers);
	put_count(&o, "frames", s->counts.frames);
	put_count(&o, "repeated", s->counts.repeated);
	put_count(&o, "late", s->counts.late);
	put_count(&o, "lost", s->counts.lost);
	put_count(&o, "skips", s->counts.skips);
	put_count(&o, "pictures", s->pictures);
	if (s->source) {
		body_put(&o, "source", json_string(s->source));
		put_count(&o, "source_restarts", s->restarts);
	}
	body_put(&o, "renderer", json_boolean(s->renderer));
	text = body_text(o);
	if (text)
		log_info(STATUS_WORD "%s", text);
	free(text);
	json_decref(o);
}
