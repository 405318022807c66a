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

/* RTP puts at most so many bytes of payload into one packet: ffmpeg's 1,472 for
 * Ethernet less its header of 12. */
#define DATAGRAM_PAYLOAD_MAX 1460

/* Returns how many samples (of `rate_hz`, of all `channels` together) one
 * packet of a codec without frames of its own holds: `ptime` of the output,
 * halved until the packet fits. 0: the codec or the protocol decides. */
int64_t datagram_samples(const struct plan *plan, const struct conf_output *o,
    int64_t rate_hz, int64_t channels);

/* Does `ptime` give the length of Opus' frames? If not, the encoder chooses. */
bool datagram_frames_opus(const struct plan *plan, const struct conf_output *o);

/* Returns the key of the configuration that does not go with this protocol and
 * codec or with the URL, and (in `expected`) what would; NULL when all is
 * well. */
const char *datagram_mistake(const struct plan *plan,
    const struct conf_output *o, const char **expected);

/* Writes what ttl, dscp and localaddr add to the URL: "?ttl=4&dscp=46", or
 * "&ttl=4" where it has a query; "" when they are not set. */
void datagram_query(const struct conf_output *o, char *out, size_t size);

#endif
