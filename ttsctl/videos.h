/* The pictures that outputs show, as `ttsctl outputs` tells of them. */
#ifndef TTSCTL_VIDEOS_H
#define TTSCTL_VIDEOS_H

#include <jansson.h>

#include "ttsctl/page.h"

/* Appends a table of the `videos` of a status; nothing where there are none. */
void videos_write(struct page *p, const json_t *videos);

#endif
