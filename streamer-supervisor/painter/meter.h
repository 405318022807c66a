/* The level meter: a bar of lamps at the right edge, from 60 dB below full
 * scale at its foot to full scale. */
#ifndef STREAMER_SUPERVISOR_PAINTER_METER_H
#define STREAMER_SUPERVISOR_PAINTER_METER_H

#include <cairo.h>

#define METER_LAMPS 20 /* of 3 dB each */

/* How many lamps are lit at a level, in dB below full scale: from the foot, 14
 * green ones, 4 amber (from -18 dB), 2 red (from -6 dB). */
int meter_lit(double level_db);

/* Draws it onto a sheet as large as the picture. */
void meter_draw(cairo_surface_t *sheet, int lit);

#endif
