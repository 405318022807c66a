#include "gateway/courier/report.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "gateway/courier/courier.h"
#include "platform/standard.h"

void
report(json_t *body)
{
	char *text = body_text(body);
	size_t len = text ? strlen(text) : 0;

	/* What is lost with us, the broker gives once more. */
	if (text == NULL)
		exit(COURIER_FAILED);
	text[len] = '\n';
	if (standard_write(text, len + 1) < 0)
		exit(COURIER_ENDED);
	free(text);
	json_decref(body);
}

void
report_text(const char *word, const char *text)
{
	json_t *body = json_object();

	body_put_text(&body, word, text);
	report(body);
}
