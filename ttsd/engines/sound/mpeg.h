/* MPEG audio without a container: MP3, and AAC in ADTS. Pure. */
#ifndef TTSD_ENGINES_SOUND_MPEG_H
#define TTSD_ENGINES_SOUND_MPEG_H

#include "ttsd/engines/sound/kind.h"

/* MP3, ADTS, UNKNOWN or UNSURE; as kind_of(). A first frame counts when the
 * header of a second one that fits it stands behind it. */
enum kind mpeg_kind(const uint8_t *p, size_t len, bool at_end);

#endif
