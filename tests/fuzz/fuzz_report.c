/*
 * Any bytes as what an ffmpeg says: lines of its standard error, its progress,
 * and the lists of what it can do.
 */
#include "common/lines.h"
#include "streamer-supervisor/ffmpeg/listing.h"
#include "streamer-supervisor/ffmpeg/messages.h"
#include "streamer-supervisor/ffmpeg/packets.h"
#include "streamer-supervisor/ffmpeg/progress.h"
#include "streamer-supervisor/ffmpeg/tee.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

static const struct messages_sense sense = { "403 Forbidden", "in use" };

static void
check_message(const char *line, const struct messages_sense *as)
{
	const struct message m = messages_classify(line, as);

	MUST(m.kind >= MESSAGE_NOISE && m.kind <= MESSAGE_REFUSAL);
	MUST(m.code == MESSAGE_OTHER || m.code == MESSAGE_IO);
	MUST((as && m.text == as->means) ||
	     (m.text >= line && m.text <= line + strlen(line)));
}

static void
check_packets(const char *line)
{
	static struct packets packets;
	double ahead;

	packets_take(&packets, line);
	if (packets_end_span(&packets, &ahead))
		MUST(isfinite(ahead));
}

static void
take_line(void *arg, char *line)
{
	struct progress *p = arg, before = *p;
	char version[16], why[16];
	unsigned index;

	check_message(line, NULL);
	check_message(line, &sense);
	check_packets(line);
	progress_take(p, line, 1);
	MUST(p->out_time_us >= before.out_time_us && p->out_time_us >= 0);
	MUST(isfinite(p->bitrate_kbps) && p->bitrate_kbps >= 0);
	MUST(isfinite(p->speed) && p->speed >= 0);
	listing_version(line, version, sizeof(version));
	MUST(memchr(version, '\0', sizeof(version)) != NULL);
	MUST(!listing_at_least(line, 5, 1) || listing_at_least(line, 4, 4));
	if (tee_lost(line, &index, why, sizeof(why)))
		MUST(memchr(why, '\0', sizeof(why)) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct progress p = { 0 };
	struct lines lines = { 0 };
	char *copy = exact_copy(data, size);

	listing_has(copy, size, "rtmp");
	listing_has(copy, size, "a");
	lines_feed(&lines, data, size, take_line, &p);
	lines_end(&lines, take_line, &p);
	free(copy);
	return 0;
}
