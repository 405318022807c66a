/* The outputs of streamer-supervisor, for a person. */
#ifndef TTSCTL_OUTPUTS_H
#define TTSCTL_OUTPUTS_H

#include "ttsctl/client.h"
#include "ttsctl/page.h"

/* Those of a status that the call is about: all, or the one that it names,
 * if it is there. The caller owns the array. */
json_t *outputs_chosen(const struct call *call, const json_t *status);

/* All of them as a table, or all about the one. */
void outputs_write(
    struct page *p, const struct call *call, const json_t *status);

/* Prints them as the caller wants them. Where the one that it names is not
 * there: STATUS_FAILED, and it is said. */
enum status outputs_print(struct client *c, const json_t *status);

#endif
