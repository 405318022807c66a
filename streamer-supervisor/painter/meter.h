/* The level meter: a bar of lamps at the right edge, from 60 dB below full
 * scale at its foot to full scale. */
#ifndef STREAMER_SUPERVISOR_PAINTER_METER_H
#define STREAMER_SUPERVISOR_PAINTER_METER_H

#include "streamer-supervisor/painter/patch.h"

#define METER_LAMPS 20 /* of 3 dB each */

/* How many lamps are lit at a level, in dB below full scale: from the foot, 14
 * green ones, 4 amber (from -18 dB), 2 red (from -6 dB). */
int meter_lit(double level_db);

/* Draws it, for a picture of this size. Fails with ERR_NOMEM; patch_done() is
 * due either way. */
int meter_draw(struct patch *p, int lit, int width, int height);

#endif
