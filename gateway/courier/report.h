/* What the courier says to the gateway. */
#ifndef GATEWAY_COURIER_REPORT_H
#define GATEWAY_COURIER_REPORT_H

#include <jansson.h>

/* Says one line, and waits until it is taken. Takes `body` over; NULL, of
 * memory that was not there, and a gateway that is gone, end the program. */
void report(json_t *body);
void report_text(const char *word, const char *text);

#endif
