/* GET /v1/schedule: what comes again, and when next. */
#include "common/body.h"
#include "gateway/api/api.h"
#include "gateway/http/answer.h"

void
schedule_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	json_t *body = json_object();

	(void)who;
	(void)rest;
	body_put(&body, "ok", json_true());
	body_put(&body, "schedule", schedules_tell(a->schedules));
	answer_json(x, 200, body);
}
