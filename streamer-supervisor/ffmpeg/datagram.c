#include "streamer-supervisor/ffmpeg/datagram.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "streamer-supervisor/ffmpeg/protocol.h"

#define MS INT64_C(1000000) /* ns */
#define PTIME_NS (20 * MS)

int64_t
datagram_samples(const struct plan *plan, const struct conf_output *o,
    int64_t rate_hz, int64_t channels)
{
	int64_t ptime_ns = o->sound.ptime_ns ? o->sound.ptime_ns : PTIME_NS;
	int64_t samples = rate_hz * ptime_ns / (1000 * MS);
	int64_t bits = plan->codec->sample_bits * channels;

	if (!plan->protocol->packets || bits == 0)
		return 0;
	while (samples * bits / 8 > DATAGRAM_PAYLOAD_MAX)
		samples /= 2;
	return samples > 0 ? samples : 1;
}

bool
datagram_frames_opus(const struct plan *plan, const struct conf_output *o)
{
	return plan->protocol->packets && o->sound.ptime_ns > 0 &&
	       plan->codec == &codecs[CODEC_OPUS];
}

/* Opus knows frames of these lengths only, and 2.5 ms (RFC 6716, 2.1.4). */
static bool
is_opus_frame(int64_t ns)
{
	return ns == 5 * MS || ns == 10 * MS || ns == 20 * MS ||
	       ns == 40 * MS || ns == 60 * MS;
}

static const char *
local_address(const struct conf_output *o)
{
	return o->address.localaddr ? o->address.localaddr : "";
}

/* Has the URL the parameter? "…?ttl=4" and "…&ttl=4" have ttl, "…&nottl=4" does
 * not. */
static bool
has_parameter(const char *url, const char *name)
{
	const char *at = strchr(url, '?');
	size_t n = strlen(name);

	for (; at; at = strchr(at + 1, '&'))
		if (strncmp(at + 1, name, n) == 0 && at[1 + n] == '=')
			return true;
	return false;
}

static const char *
query_mistake(
    const struct plan *plan, const struct conf_output *o, const char **expected)
{
	const struct {
		const char *name;
		bool set;
	} keys[] = {
		{ "ttl", o->address.ttl > 0 },
		{ "dscp", o->address.dscp > 0 },
		{ "localaddr", local_address(o)[0] != '\0' },
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		*expected = "only with rtp:// and udp://";
		if (keys[i].set && !plan->protocol->datagrams)
			return keys[i].name;
		*expected = "the url has one too";
		if (keys[i].set && has_parameter(o->address.url, keys[i].name))
			return keys[i].name;
	}
	/* The address becomes a part of the URL, so it must not change it. */
	*expected = "expected the address of an interface of this machine";
	if (local_address(
		o)[strspn(local_address(o), "0123456789abcdefABCDEF.:")] !=
	    '\0')
		return "localaddr";
	return NULL;
}

const char *
datagram_mistake(
    const struct plan *plan, const struct conf_output *o, const char **expected)
{
	int64_t ptime = o->sound.ptime_ns;

	*expected = "only with rtp:// and the codecs pcm, pcmu, pcma, g722 and "
		    "opus";
	if (ptime > 0 &&
	    (!plan->protocol->packets || (plan->codec->sample_bits == 0 &&
					     !datagram_frames_opus(plan, o))))
		return "ptime";
	*expected = "expected 5, 10, 20, 40 or 60 ms with opus";
	if (datagram_frames_opus(plan, o) && !is_opus_frame(ptime))
		return "ptime";
	return query_mistake(plan, o, expected);
}

void
datagram_query(const struct conf_output *o, char *out, size_t size)
{
	const struct conf_address *a = &o->address;
	char mark = strchr(a->url, '?') ? '&' : '?';
	size_t at = 0;

	out[0] = '\0';
	if (a->ttl > 0) {
		at +=
		    (size_t)snprintf(out, size, "%cttl=%" PRId64, mark, a->ttl);
		mark = '&';
	}
	if (a->dscp > 0 && at < size) {
		at += (size_t)snprintf(
		    out + at, size - at, "%cdscp=%" PRId64, mark, a->dscp);
		mark = '&';
	}
	if (local_address(o)[0] && at < size)
		snprintf(out + at, size - at, "%clocaladdr=%s", mark,
		    local_address(o));
}
