/*
 * What is particular to datagrams: how much sound a packet holds, and how it
 * travels. Phones and loudspeakers on RTP expect 20 ms a packet, whatever the
 * codec; left to itself ffmpeg sends what it happens to read (40 ms of PCMU,
 * measured with 5.1.9). Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_DATAGRAM_H
#define STREAMER_SUPERVISOR_FFMPEG_DATAGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "streamer-supervisor/ffmpeg/plan.h"

/* Payload that RTP puts into one packet at most: ffmpeg's 1,472 bytes for
 * Ethernet less its header of 12. */
#define DATAGRAM_PAYLOAD_MAX 1460

/* Samples (of `rate_hz`, of all `channels` together) of one packet of a codec
 * that has no frames of its own: `ptime` of the output, halved until the
 * packet fits. 0: the codec or the protocol decides. */
int64_t datagram_samples(const struct plan *plan, const struct conf_output *o,
    int64_t rate_hz, int64_t channels);

/* Is `ptime` the length of Opus' frames? Else those are the encoder's own. */
bool datagram_frames_opus(const struct plan *plan, const struct conf_output *o);

/* The key of the configuration that does not go with this protocol and codec
 * or with the URL, and (in `expected`) what would; NULL: all is well. */
const char *datagram_mistake(const struct plan *plan,
    const struct conf_output *o, const char **expected);

/* What ttl, dscp and localaddr add to the URL: "?ttl=4&dscp=46", or
 * "&ttl=4" where it has a query; "" for nothing. */
void datagram_query(const struct conf_output *o, char *out, size_t size);

#endif
