#include "streamer-supervisor/picture/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/utf8.h"
#include "streamer-supervisor/picture/words.h"

#define TROUBLE_MAX 200 /* bytes; a line of the log has LOG_LINE_MAX in all */

static void
put_count(json_t **o, const char *name, uint64_t n)
{
	body_put(o, name, json_integer((json_int_t)n));
}

static void
put_painting(json_t **o, const struct painting_state *p)
{
	char trouble[TROUBLE_MAX + 1];

	body_put(o, "drawing_ms", json_integer(lround(p->worst_ms)));
	if (p->trouble[0] == '\0')
		return;
	utf8_sanitise(trouble, sizeof(trouble), p->trouble, strlen(p->trouble));
	body_put(o, "trouble", json_string(trouble));
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
	if (s->painting)
		put_painting(&o, &s->painted);
	text = body_text(o);
	if (text)
		log_info(PICTURE_STATUS "%s", text);
	free(text);
	json_decref(o);
}
