/* The outputs of streamer-supervisor, for a person. */
#ifndef TTSCTL_OUTPUTS_H
#define TTSCTL_OUTPUTS_H

#include "ttsctl/client.h"
#include "ttsctl/table.h"

/* Returns the outputs of a status that the call is about: all, or the one that
 * it names, if it is there. The caller owns the array. */
json_t *outputs_chosen(const struct call *call, const json_t *status);

/* Says in `out`, which it returns, how the supervisor itself is. */
const char *outputs_head(char *out, size_t size, const json_t *status);
#define OUTPUTS_HEAD_MAX 256

/* Makes a row of an output for a table, without what means nothing at the
 * moment, and with what is wrong as notes. The caller owns it. */
json_t *outputs_row(json_t *output);
cell_format outputs_uptime; /* of `uptime_ms` */
cell_format outputs_heard;  /* of `heard`: its state */

/* Writes all outputs as a table, or all about the one that the call names. */
void outputs_write(
    struct page *p, const struct call *call, const json_t *status);

/* Prints these outputs as the call wants them, as JSON or for a person. Returns
 * STATUS_FAILED, with a message, when the one that it names is not there. */
enum status outputs_print(struct client *c, const json_t *status);

#endif
