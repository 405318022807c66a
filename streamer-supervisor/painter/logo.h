/* The logo: a picture in any of the formats that gdk-pixbuf reads. */
#ifndef STREAMER_SUPERVISOR_PAINTER_LOGO_H
#define STREAMER_SUPERVISOR_PAINTER_LOGO_H

#include <stddef.h>

#include "streamer-supervisor/painter/patch.h"

#define LOGO_BYTES_MAX (8u << 20)
#define LOGO_SIDE_MAX 8192 /* pixels */
#define LOGO_WHY_MAX 200

/* Reads a picture and fits it into the upper right corner of a picture of this
 * size. Fails with ERR_INVALID or ERR_NOMEM, and `why` says why. */
int logo_read(struct patch *p, const char *data, size_t len, int width,
    int height, char why[LOGO_WHY_MAX]);

#endif
