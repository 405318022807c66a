#include "gateway/courier/report.h"

#include <stdlib.h>

#include "common/body.h"
#include "gateway/courier/courier.h"
#include "platform/standard.h"

void
report(json_t *body)
{
	size_t len;
	char *line = body_line(body, &len);

	/* What is lost with us, the broker gives once more. */
	if (line == NULL)
		exit(COURIER_FAILED);
	if (standard_write(line, len) < 0)
		exit(COURIER_ENDED);
	free(line);
	json_decref(body);
}

void
report_text(const char *word, const char *text)
{
	json_t *body = json_object();

	body_put_text(&body, word, text);
	report(body);
}
