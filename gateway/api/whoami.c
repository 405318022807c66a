/* GET /v1/whoami: who asks, and what they may, so that a page offers no more
 * than that. */
#include <string.h>

#include "common/body.h"
#include "gateway/api/api.h"
#include "gateway/http/answer.h"

static json_t *
rights_of(const struct token *who)
{
	json_t *list = json_array();
	enum right r;

	for (r = RIGHT_READ; r < RIGHT_COUNT; r++)
		if (token_may(who, r))
			body_append(&list, json_string(right_name(r)));
	return list;
}

static json_t *
channels_of(const struct token *who)
{
	json_t *list = json_array();
	const char *name = who->channels;

	for (; *name; name += strlen(name) + 1)
		body_append(&list, json_string(name));
	return list;
}

void
whoami_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	json_t *body = json_object();

	(void)a;
	(void)rest;
	body_put(&body, "ok", json_true());
	body_put(&body, "name", json_string(who->name));
	body_put(&body, "may", rights_of(who));
	if (who->channels)
		body_put(&body, "channels", channels_of(who));
	answer_json(x, 200, body);
}
