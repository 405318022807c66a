/* What stands behind the '?' of a path. */
#ifndef GATEWAY_HTTP_QUERY_H
#define GATEWAY_HTTP_QUERY_H

#include <stdbool.h>

#include "gateway/http/exchange.h"

/* Answers 400 and returns false where the query has a name that is not among
 * `names` (with blanks between them; "": it has none), or one of them twice:
 * who means something by it would be told of something else. */
bool query_check(struct exchange *x, const char *names);

#endif
