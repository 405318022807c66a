/*
 * Pictures of pixels, PNG, JPEG or WebP: the one that is the scene of `image`,
 * and the logo. They are read upright, as the camera said in EXIF. Transparent
 * parts stay so.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_RASTER_H
#define STREAMER_SUPERVISOR_PAINTER_RASTER_H

#include <stddef.h>

#include "streamer-supervisor/painter/patch.h"

#define RASTER_BYTES_MAX (32u << 20) /* of a file */
#define RASTER_SIDE_MAX 16384        /* pixels */
#define RASTER_PIXELS_MAX (32l << 20)
#define RASTER_WHY_MAX 200

/* Each fails with ERR_INVALID or ERR_NOMEM, and `why` says why; else
 * patch_done() is due. */
typedef int raster_fn(struct patch *p, const char *data, size_t len, int width,
    int height, char why[RASTER_WHY_MAX]);

/* Fits a picture into the middle of one of this size: as large as it can be,
 * and all of it seen. */
raster_fn raster_read_image;

/* Fits a picture into the upper right corner, about a ninth as high. */
raster_fn raster_read_logo;

#endif
