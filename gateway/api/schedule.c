/* GET /v1/schedule: what comes again, and when next. */
#include "common/body.h"
#include "gateway/api/api.h"
#include "gateway/http/answer.h"

/* May `who` know of it? On which channel it is said that names none, is not its
 * to know either. */
static bool
is_for(const struct api *a, const json_t *one, const struct token *who)
{
	const json_t *channels = json_object_get(one, "channel"), *channel;
	size_t i;

	if (who->channels == NULL)
		return true;
	json_array_foreach(channels, i, channel)
	{
		if (!api_has_channel(a, who, json_string_value(channel)))
			return false;
	}
	return json_array_size(channels) > 0;
}

static json_t *
only_for(const struct api *a, json_t *all, const struct token *who)
{
	json_t *list = json_array(), *one;
	size_t i;

	json_array_foreach(all, i, one) if (is_for(a, one, who))
	    body_append(&list, json_incref(one));
	json_decref(all);
	return list;
}

void
schedule_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	json_t *body = json_object();

	(void)rest;
	body_put(&body, "ok", json_true());
	body_put(
	    &body, "schedule", only_for(a, schedules_tell(a->schedules), who));
	answer_json(x, 200, body);
}
