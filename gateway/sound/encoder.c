#include "gateway/sound/encoder.h"

#include <string.h>

static const char *const mp3_options[] = { "-c:a", "libmp3lame", "-b:a", "96k",
	"-write_xing", "0", "-f", "mp3", NULL };
static const char *const opus_options[] = { "-c:a", "libopus", "-b:a", "48k",
	"-page_duration", "20000", "-f", "ogg", NULL };
static const char *const aac_options[] = { "-c:a", "aac", "-b:a", "96k", "-f",
	"adts", NULL };
static const char *const flac_options[] = { "-c:a", "flac", "-f", "flac",
	NULL };

static const struct encoding encodings[] = {
	{ "wav", "audio/wav", NULL },
	{ "pcm", "audio/pcm", NULL },
	{ "mp3", "audio/mpeg", mp3_options },
	{ "opus", "audio/ogg; codecs=opus", opus_options },
	{ "aac", "audio/aac", aac_options },
	{ "flac", "audio/flac", flac_options },
};

static size_t encoders;

const struct encoding *
encoding_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(encodings) / sizeof(*encodings); i++)
		if (strcmp(encodings[i].name, name) == 0)
			return &encodings[i];
	return NULL;
}

bool
encoder_has_room(void)
{
	return encoders < ENCODERS_MAX;
}

int
encoder_spawn(struct loop *l, const char *ffmpeg, const struct encoding *e,
    const char *const *input, const struct process_events *events, void *arg,
    struct process **out)
{
	const char *argv[48] = { ffmpeg, "-nostdin", "-hide_banner",
		"-loglevel", "error", "-probesize", "32", "-analyzeduration",
		"0" };
	struct process_spec spec = { .argv = argv };
	const char *const *option;
	size_t n = 9;
	int rc;

	for (option = input; *option; option++) {
		spec.input = spec.input || strcmp(*option, ENCODER_STDIN) == 0;
		argv[n++] = *option;
	}
	for (option = e->options; *option; option++)
		argv[n++] = *option;
	argv[n++] = "-flush_packets";
	argv[n++] = "1";
	argv[n++] = "pipe:1";
	rc = process_spawn(l, &spec, events, arg, out);
	encoders += rc == 0;
	return rc;
}

void
encoder_free(struct process *p)
{
	encoders -= p != NULL;
	process_free(p);
}
