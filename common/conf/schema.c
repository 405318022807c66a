#include "common/conf/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/conf/conf.h"
#include "common/conf/engine_type.h"
#include "common/picture/board.h"

#define MS INT64_C(1000000)
#define S (1000 * MS)
#define HOUR (3600 * S)
#define DAY (24 * HOUR)
#define MEGABYTE INT64_C(1000000)
/* Bytes of a URL, path or other string. */
#define STRING_MAX 2048

const char *const schema_pcm_formats[] = {
	[PCM_AUTO] = "auto", [PCM_WAV] = "wav", [PCM_RAW] = "raw", NULL
};
static const char *const overflows[] = {
	[OVERFLOW_SKIP] = "skip", [OVERFLOW_DROP] = "drop", NULL
};
#define CODEC_NAME(codec, name) name,
const char *const schema_codecs[] = { CONF_CODECS(CODEC_NAME) NULL };
/* A channel has one more. */
static const char *const durables[] = {
	[KEPT_YES] = "yes", [KEPT_NO] = "no", [KEPT_REQUIRED] = "required", NULL
};
static const char *const channel_durables[] = { [KEPT_YES] = "yes",
	[KEPT_NO] = "no",
	[KEPT_REQUIRED] = "required",
	[KEPT_AS_TTSD] = "ttsd",
	NULL };
const char *const schema_on_restarts[] = {
	[RESTART_REPLAY] = "replay", [RESTART_DROP] = "drop", NULL
};
const char *const schema_spells[] = { "no", "codes", "all", NULL };
static const char *const series_restarts[] = {
	[SERIES_DAILY] = "daily", [SERIES_NEVER] = "never", NULL
};
static const char *const latencies[] = {
	[LATENCY_NORMAL] = "normal", [LATENCY_LOW] = "low", NULL
};
static const char *const tls_verifies[] = { [TLS_VERIFY_AUTO] = "auto",
	[TLS_VERIFY_YES] = "yes",
	[TLS_VERIFY_NO] = "no",
	NULL };
static const char *const transports[] = {
	[TRANSPORT_TCP] = "tcp", [TRANSPORT_UDP] = "udp", NULL
};

#define WORD_OF(what, name) name,
const char *const schema_repeats[] = {
	[CONF_UNTIL_CANCELLED] = "until-cancelled", NULL
};
const char *const schema_priorities[] = { CONF_PRIORITIES(WORD_OF) NULL };
static const char *const encoders[] = { CONF_ENCODERS(WORD_OF) NULL };
static const char *const presets[] = { CONF_PRESETS(WORD_OF) NULL };
const char *const schema_sources[] = { CONF_SOURCES(WORD_OF) NULL };
static const char *const paces[] = {
	[PACED_AUTO] = "auto", [PACED_YES] = "yes", [PACED_NO] = "no", NULL
};
static const char *const hwaccels[] = {
	[HWACCEL_AUTO] = "auto", [HWACCEL_NONE] = "none", NULL
};

#define AT(section, field) offsetof(struct conf_##section, field)
#define STRING(sec, key, field, initial)                                    \
	{                                                                   \
		key, SCHEMA_STRING, AT(sec, field), 0, STRING_MAX, initial, \
		    NULL                                                    \
	}
/* The path of a file, or a credential. */
#define SECRET(sec, key, field)                                             \
	{                                                                   \
		key, SCHEMA_SECRET, AT(sec, field), 0, STRING_MAX, "", NULL \
	}
#define INTEGER(sec, key, field, min, max, initial)                          \
	{                                                                    \
		key, SCHEMA_INTEGER, AT(sec, field), min, max, initial, NULL \
	}
#define REPEAT(sec, key, field)                                 \
	{                                                       \
		key, SCHEMA_INTEGER_OR_WORD, AT(sec, field), 1, \
		    CONF_REPEAT_MAX, "1", schema_repeats        \
	}
#define DURATION(sec, key, field, min, max, initial)                          \
	{                                                                     \
		key, SCHEMA_DURATION, AT(sec, field), min, max, initial, NULL \
	}
#define BITRATE(sec, key, field, min, max, initial)                          \
	{                                                                    \
		key, SCHEMA_BITRATE, AT(sec, field), min, max, initial, NULL \
	}
#define BYTES(sec, key, field, min, max, initial)                          \
	{                                                                  \
		key, SCHEMA_BYTES, AT(sec, field), min, max, initial, NULL \
	}
#define BOOLEAN(sec, key, field, initial)                                \
	{                                                                \
		key, SCHEMA_BOOLEAN, AT(sec, field), 0, 1, initial, NULL \
	}
#define CHOICE(sec, key, field, choices, initial)                          \
	{                                                                  \
		key, SCHEMA_CHOICE, AT(sec, field), 0, 0, initial, choices \
	}
#define WORDS_AS(sec, key, field, initial)                             \
	{                                                              \
		key, SCHEMA_WORDS, AT(sec, field), 0, 0, initial, NULL \
	}
#define WORDS(sec, key, field) WORDS_AS(sec, key, field, "")
#define END                                              \
	{                                                \
		NULL, SCHEMA_STRING, 0, 0, 0, NULL, NULL \
	}

static const char *const admits[] = { [ADMIT_AUTO] = "auto",
	[ADMIT_USER] = "0600",
	[ADMIT_GROUP] = "0660",
	[ADMIT_ALL] = "0666",
	NULL };
/* Of whom a daemon lets in. */
#define ADMISSION(sec)                                     \
	STRING(sec, "control_group", admission.group, ""), \
	    CHOICE(sec, "control_mode", admission.mode, admits, "auto")

static const struct schema_key ttsd_keys[] = {
	STRING(ttsd, "runtime_dir", runtime_dir, ""),
	INTEGER(ttsd, "workers", workers, 1, 64, "2"),
	INTEGER(ttsd, "workers_max", workers_max, 1, 256, "16"),
	INTEGER(ttsd, "clients_max", clients_max, 1, 10000, "1000"),
	STRING(ttsd, "clips_dir", clips_dir, ""),
	STRING(ttsd, "dictionary", dictionary, ""),
	DURATION(ttsd, "key_window", key_window_ns, 0, 24 * HOUR, "60s"),
	STRING(ttsd, "metrics", metrics, ""),
	STRING(ttsd, "state_dir", state_dir, ""),
	CHOICE(ttsd, "durable", durable, durables, "yes"),
	DURATION(ttsd, "restore_within", restore_within_ns, 0, 366 * DAY, "5m"),
	DURATION(ttsd, "history_keep", history_keep_ns, 0, 3660 * DAY, "90d"),
	BYTES(ttsd, "history_max", history_max, MEGABYTE, 1000000 * MEGABYTE,
	    "1G"),
	BOOLEAN(ttsd, "log_text", log_text, "no"),
	ADMISSION(ttsd),
	END,
};

static const struct schema_key streamer_keys[] = {
	STRING(streamer, "ffmpeg", ffmpeg, "ffmpeg"),
	INTEGER(streamer, "clients_max", clients_max, 1, 10000, "1000"),
	STRING(streamer, "metrics", metrics, ""),
	ADMISSION(streamer),
	END,
};

static const struct schema_key http_keys[] = {
	STRING(http, "listen", listen, ""),
	WORDS(http, "names", names),
	SECRET(http, "tokens", tokens),
	WORDS_AS(http, "anonymous", anonymous, "read"),
	SECRET(http, "tls_cert", tls_cert),
	SECRET(http, "tls_key", tls_key),
	END,
};

static const char *const mqtt_versions[] = {
	[CONF_MQTT_5] = "5", [CONF_MQTT_3] = "3.1.1", NULL
};

static const struct schema_key mqtt_keys[] = {
	STRING(mqtt, "url", url, ""),
	STRING(mqtt, "site", site, ""),
	WORDS(mqtt, "groups", groups),
	WORDS_AS(mqtt, "may", may, "say"),
	STRING(mqtt, "user", user, ""),
	SECRET(mqtt, "password_file", password_file),
	STRING(mqtt, "password_env", password_env, ""),
	STRING(mqtt, "ca_file", ca_file, ""),
	SECRET(mqtt, "tls_cert", tls_cert),
	SECRET(mqtt, "tls_key", tls_key),
	CHOICE(mqtt, "version", version, mqtt_versions, "5"),
	BOOLEAN(mqtt, "discovery", discovery, "no"),
	STRING(mqtt, "discovery_prefix", discovery_prefix, "homeassistant"),
	END,
};

static const struct schema_key wyoming_keys[] = {
	STRING(wyoming, "listen", listen, ""),
	WORDS(wyoming, "allow", allow),
	STRING(wyoming, "channel", channel, ""),
	END,
};

static const struct schema_key engine_keys[] = {
	CHOICE(engine, "type", type, engine_type_names, "espeak"),
	WORDS(engine, "command", command),
	INTEGER(engine, "rate", rate_hz, 0, 192000, "0"),
	INTEGER(engine, "channels", channels, 1, 8, "1"),
	CHOICE(engine, "format", format, schema_pcm_formats, "auto"),
	DURATION(engine, "timeout", timeout_ns, 100 * MS, HOUR, "10s"),
	DURATION(engine, "prebuffer", prebuffer_ns, 0, 10 * S, "0ms"),
	STRING(engine, "fallback", fallback, ""),
	STRING(engine, "url", url, ""),
	STRING(engine, "model", model, ""),
	STRING(engine, "voice", voice, ""),
	SECRET(engine, "key_file", key_file),
	STRING(engine, "key_env", key_env, ""),
	INTEGER(engine, "retries", retries, 0, 10, "2"),
	STRING(engine, "address", address, ""),
	END,
};

#define SPEECH_TEXT_KEY(name, key, initial, ...) \
	STRING(channel, key, speech.name, initial),
#define SPEECH_NUMBER_KEY(                                     \
    name, key, initial, letter, unit, meaning, own, low, high) \
	INTEGER(channel, key, speech.name, own, high, initial),

static const struct schema_key channel_keys[] = {
	INTEGER(channel, "rate", rate_hz, 8000, 192000, "24000"),
	INTEGER(channel, "channels", channels, 1, 8, "1"),
	INTEGER(channel, "frame_ms", frame_ms, 1, 100, "10"),
	STRING(channel, "engine", engine, "espeak"),
	SPEECH_PARAMETERS(SPEECH_TEXT_KEY, SPEECH_NUMBER_KEY)
	    STRING(channel, "audio_socket", audio_socket, ""),
	INTEGER(channel, "queue_max", queue_max, 1, 100000, "1000"),
	INTEGER(channel, "subscribers_max", subscribers_max, 1, 10000, "1000"),
	DURATION(channel, "lag_max", lag_max_ns, 50 * MS, 10 * S, "500ms"),
	CHOICE(channel, "overflow", overflow, overflows, "skip"),
	STRING(channel, "bed", bed, ""),
	INTEGER(
	    channel, "bed_volume", bed_volume, 0, CONF_BED_VOLUME_MAX, "100"),
	INTEGER(channel, "duck", duck_db, -60, 0, "-12"),
	DURATION(channel, "duck_attack", duck_attack_ns, 0, 10 * S, "200ms"),
	DURATION(channel, "duck_release", duck_release_ns, 0, 10 * S, "800ms"),
	INTEGER(channel, "comfort_noise", comfort_noise_db, -100, 0, "0"),
	BOOLEAN(channel, "watermark", watermark, "no"),
	CHOICE(channel, "durable", durable, channel_durables, "ttsd"),
	CHOICE(channel, "on_restart", on_restart, schema_on_restarts, "replay"),
	END,
};

static const struct schema_key zone_keys[] = {
	WORDS(zone, "channels", channels),
	END,
};

static const struct schema_key language_keys[] = {
	STRING(language, "engine", engine, ""),
	STRING(language, "voice", voice, ""),
	END,
};

static const struct schema_key message_keys[] = {
	STRING(message, "text", text, ""),
	STRING(message, "chime", chime, ""),
	REPEAT(message, "repeat", repeat),
	DURATION(message, "gap", gap_ns, 0, HOUR, "0ms"),
	CHOICE(message, "priority", priority, schema_priorities, "normal"),
	DURATION(message, "ttl", ttl_ns, 0, 7 * DAY, "0ms"),
	CHOICE(message, "spell", spell, schema_spells, "no"),
	BOOLEAN(message, "show", show, "yes"),
	BOOLEAN(message, "prepare", prepare, "no"),
	WORDS(message, "channel", channels),
	STRING(message, "voice", voice, ""),
	STRING(message, "language", language, ""),
	END,
};

static const struct schema_key series_keys[] = {
	INTEGER(series, "first", first, 0, CONF_SERIES_LAST, "1"),
	INTEGER(series, "last", last, 0, CONF_SERIES_LAST, "999"),
	INTEGER(series, "width", width, 1, CONF_SERIES_DIGITS, "3"),
	STRING(series, "prefix", prefix, ""),
	WORDS(series, "counters", counters),
	STRING(series, "message", message, "ticket"),
	WORDS(series, "channel", channels),
	CHOICE(series, "restart", restart, series_restarts, "daily"),
	END,
};

static const struct schema_key video_keys[] = {
	CHOICE(video, "source", source, schema_sources, "colour"),
	{ "size", SCHEMA_SIZE, AT(video, size), 0, 0, "1280x720", NULL },
	INTEGER(video, "fps", fps, 1, 60, "25"),
	{ "background", SCHEMA_COLOUR, AT(video, background), 0, 0xffffff,
	    "#000000", NULL },
	STRING(video, "layout", layout, ""),
	STRING(video, "path", path, ""),
	STRING(video, "url", url, ""),
	CHOICE(video, "paced", paced, paces, "auto"),
	CHOICE(video, "hwaccel", hwaccel, hwaccels, "auto"),
	BOOLEAN(video, "caption", caption, "no"),
	STRING(video, "logo", logo, ""),
	BOOLEAN(video, "clock", clock, "no"),
	BOOLEAN(video, "level", level, "no"),
	{ "fields.NAME", SCHEMA_FIELDS, AT(video, fields), 0, BOARD_TEXT_MAX,
	    "", NULL },
	END,
};

static const struct schema_key output_keys[] = {
	STRING(output, "channel", channel, ""),
	STRING(output, "url", address.url, ""),
	SECRET(output, "url_file", address.url_file),
	WORDS(output, "url_command", address.url_command),
	STRING(output, "group", group, ""),
	STRING(output, "title", title, ""),
	BOOLEAN(output, "now_playing", now_playing, "no"),
	STRING(output, "backup_url", failover.backup_url, ""),
	INTEGER(output, "failover_after", failover.failures, 1, 1000, "3"),
	DURATION(output, "failover_timeout", failover.down_ns, 100 * MS,
	    24 * HOUR, "15s"),
	DURATION(output, "failback_after", failover.back_ns, 100 * MS,
	    24 * HOUR, "30s"),
	SECRET(output, "key_file", address.key_file),
	STRING(output, "key_env", address.key_env, ""),
	CHOICE(output, "codec", sound.codec, schema_codecs, "auto"),
	BITRATE(output, "bitrate", sound.bitrate, 0, 10000000, "0"),
	INTEGER(output, "rate", sound.rate_hz, 0, 192000, "0"),
	INTEGER(output, "channels", sound.channels, 0, 8, "0"),
	WORDS(output, "variants", sound.variants),
	CHOICE(output, "latency", sound.latency, latencies, "normal"),
	CHOICE(output, "rtsp_transport", address.transport, transports, "tcp"),
	CHOICE(output, "tls_verify", address.tls_verify, tls_verifies, "auto"),
	STRING(output, "ca_file", address.ca_file, ""),
	DURATION(output, "segment", address.segment_ns, 0, 24 * HOUR, "0ms"),
	BOOLEAN(output, "captions", captions, "no"),
	BOOLEAN(output, "listen", address.listen, "no"),
	STRING(output, "sdp_file", address.sdp_file, ""),
	DURATION(output, "ptime", sound.ptime_ns, 0, 60 * MS, "0ms"),
	INTEGER(output, "ttl", address.ttl, 0, 255, "0"),
	INTEGER(output, "dscp", address.dscp, 0, 63, "0"),
	STRING(output, "localaddr", address.localaddr, ""),
	BOOLEAN(output, "autostart", autostart, "yes"),
	DURATION(output, "backoff_initial", timing.backoff_initial_ns, 10 * MS,
	    HOUR, "200ms"),
	DURATION(output, "backoff_max", timing.backoff_max_ns, 10 * MS,
	    24 * HOUR, "30s"),
	DURATION(output, "healthy_after", timing.healthy_after_ns, 0, 24 * HOUR,
	    "10s"),
	INTEGER(output, "max_restarts", timing.max_restarts, 0, 1000000, "0"),
	DURATION(output, "start_timeout", timing.start_timeout_ns, 100 * MS,
	    HOUR, "15s"),
	DURATION(output, "stall_timeout", timing.stall_timeout_ns, 100 * MS,
	    HOUR, "10s"),
	DURATION(output, "stop_timeout", timing.stop_timeout_ns, 10 * MS, HOUR,
	    "3s"),
	DURATION(output, "max_age", timing.max_age_ns, 0, 1000 * HOUR, "0ms"),
	STRING(output, "probe_url", probe.url, ""),
	STRING(output, "backup_probe_url", probe.backup_url, ""),
	DURATION(
	    output, "probe_interval", probe.interval_ns, 100 * MS, HOUR, "30s"),
	BOOLEAN(output, "hear", probe.hear, "no"),
	STRING(output, "video", video, ""),
	CHOICE(output, "encoder", encoder, encoders, "auto"),
	CHOICE(output, "preset", preset, presets, "none"),
	WORDS(output, "extra_input_args", extra_input_args),
	WORDS(output, "extra_output_args", extra_output_args),
	END,
};

static const struct schema_key schedule_keys[] = {
	WORDS(schedule, "at", at),
	DURATION(schedule, "every", every_ns, 0, 24 * HOUR, "0ms"),
	STRING(schedule, "from", from, ""),
	STRING(schedule, "to", to, ""),
	WORDS(schedule, "days", days),
	WORDS(schedule, "except", except),
	WORDS(schedule, "dates", dates),
	STRING(schedule, "text", text, ""),
	STRING(schedule, "clip", clip, ""),
	STRING(schedule, "chime", chime, ""),
	WORDS(schedule, "channel", channels),
	STRING(schedule, "voice", voice, ""),
	STRING(schedule, "language", language, ""),
	CHOICE(schedule, "priority", priority, schema_priorities, "normal"),
	REPEAT(schedule, "repeat", repeat),
	DURATION(schedule, "gap", gap_ns, 0, HOUR, "0ms"),
	DURATION(schedule, "ttl", ttl_ns, S, 24 * HOUR, "60s"),
	END,
};

#define SINGLE(name, field, keys, of_ttsd)                          \
	{                                                           \
		name, false, of_ttsd, offsetof(struct conf, field), \
		    sizeof(struct conf_##field), keys               \
	}
#define NAMED(name, list, item, keys, of_ttsd)                    \
	{                                                         \
		name, true, of_ttsd, offsetof(struct conf, list), \
		    sizeof(struct item), keys                     \
	}

const struct schema_section schema[] = {
	SINGLE("ttsd", ttsd, ttsd_keys, OF_TTSD),
	SINGLE("streamer", streamer, streamer_keys, OF_OTHERS),
	SINGLE("http", http, http_keys, OF_OTHERS),
	SINGLE("mqtt", mqtt, mqtt_keys, OF_OTHERS),
	SINGLE("wyoming", wyoming, wyoming_keys, OF_OTHERS),
	NAMED("engine", engines, conf_engine, engine_keys, OF_TTSD),
	NAMED("channel", channels, conf_channel, channel_keys, OF_TTSD),
	NAMED("zone", zones, conf_zone, zone_keys, OF_TTSD),
	NAMED("language", languages, conf_language, language_keys, OF_TTSD),
	NAMED("message", messages, conf_message, message_keys, OF_TTSD),
	NAMED("series", series, conf_series, series_keys, OF_TTSD),
	NAMED("video", videos, conf_video, video_keys, NAME_OF_TTSD),
	NAMED("output", outputs, conf_output, output_keys, OF_OTHERS),
	NAMED(
	    "schedule", schedules, conf_schedule, schedule_keys, NAME_OF_TTSD),
	{ .name = NULL },
};

const struct schema_section *
schema_find(const char *name)
{
	const struct schema_section *sec;

	for (sec = schema; sec->name; sec++)
		if (strcmp(sec->name, name) == 0)
			return sec;
	return NULL;
}

static bool
is_field(const struct schema_key *key, const char *name)
{
	size_t prefix = strcspn(key->name, ".") + 1;

	return strncmp(key->name, name, prefix) == 0;
}

const struct schema_key *
schema_find_key(const struct schema_section *sec, const char *name)
{
	const struct schema_key *key;

	for (key = sec->keys; key->name; key++)
		if (strcmp(key->name, name) == 0 ||
		    (key->type == SCHEMA_FIELDS && is_field(key, name)))
			return key;
	return NULL;
}

static void
print_duration(int64_t ns, char *out, size_t size)
{
	if (ns % DAY == 0 && ns > DAY)
		snprintf(out, size, "%" PRId64 "d", ns / DAY);
	else if (ns % HOUR == 0 && ns > 0)
		snprintf(out, size, "%" PRId64 "h", ns / HOUR);
	else if (ns % S == 0 && ns > 0)
		snprintf(out, size, "%" PRId64 "s", ns / S);
	else
		snprintf(out, size, "%" PRId64 "ms", ns / MS);
}

static void
print_choices(const struct schema_key *key, char *out, size_t size)
{
	size_t at = 0;
	int i;

	for (i = 0; key->choices[i] && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s",
		    i ? ", " : "one of ", key->choices[i]);
}

void
schema_expected(const struct schema_key *key, char *out, size_t size)
{
	char low[32], high[32];

	switch (key->type) {
	case SCHEMA_STRING:
		snprintf(
		    out, size, "text of at most %" PRId64 " bytes", key->max);
		break;
	case SCHEMA_SECRET:
		snprintf(out, size,
		    "path of at most %" PRId64 " bytes, or credential:NAME",
		    key->max);
		break;
	case SCHEMA_INTEGER:
		snprintf(out, size,
		    "a whole number from %" PRId64 " to %" PRId64, key->min,
		    key->max);
		break;
	case SCHEMA_INTEGER_OR_WORD:
		snprintf(out, size,
		    "a whole number from %" PRId64 " to %" PRId64 ", or %s",
		    key->min, key->max, key->choices[0]);
		break;
	case SCHEMA_DURATION:
		print_duration(key->min, low, sizeof(low));
		print_duration(key->max, high, sizeof(high));
		snprintf(out, size, "a duration from %s to %s", low, high);
		break;
	case SCHEMA_BITRATE:
		snprintf(out, size, "a bit rate such as 64k, at most %" PRId64,
		    key->max);
		break;
	case SCHEMA_BYTES:
		snprintf(out, size,
		    "bytes such as 500M or 1G, from %" PRId64 "M to %" PRId64
		    "G",
		    key->min / MEGABYTE, key->max / MEGABYTE / 1000);
		break;
	case SCHEMA_BOOLEAN:
		snprintf(out, size, "yes or no");
		break;
	case SCHEMA_CHOICE:
		print_choices(key, out, size);
		break;
	case SCHEMA_WORDS:
		snprintf(out, size, "words with balanced quotes");
		break;
	case SCHEMA_SIZE:
		snprintf(out, size,
		    "WIDTHxHEIGHT, both even, from %dx%d to %dx%d",
		    CONF_SIDE_MIN, CONF_SIDE_MIN, CONF_WIDTH_MAX,
		    CONF_HEIGHT_MAX);
		break;
	case SCHEMA_COLOUR:
		snprintf(out, size, "a colour written #rrggbb");
		break;
	case SCHEMA_FIELDS:
		snprintf(out, size,
		    "text of at most %" PRId64
		    " characters, for a NAME of " CONF_NAME_OF,
		    key->max);
		break;
	}
}
