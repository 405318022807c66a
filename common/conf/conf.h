/*
 * The configuration of both daemons: one INI file, one schema (schema.c).
 *
 * Pure: text in, structure or a message out. Every message names the file
 * and line (or the -D argument), the section and key, and what was expected.
 * All strings are owned by the structure.
 */
#ifndef COMMON_CONF_CONF_H
#define COMMON_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sound/speech_parameters.h"
#include "common/text/calendar.h"

/* Bytes of a name of a channel, engine or output, without terminator. */
#define CONF_NAME_MAX 32
/* What names of sections, and the like, are made of, for messages. */
#define CONF_NAME_OF "a to z, A to Z, 0 to 9, '_' and '-'"
#define CONF_LINE_MAX 4096
#define CONF_BLOCKS_MAX 1000 /* of one kind */
#define CONF_KEYS_MAX 48     /* of one kind of section */
#define CONF_FILE_MAX (1024 * 1024)
#define CONF_ERROR_MAX 512
#define CONF_SIDE_MIN 16 /* pixels, of a [video] */
#define CONF_WIDTH_MAX 3840
#define CONF_HEIGHT_MAX 2160
#define CONF_BED_VOLUME_MAX 200 /* percent */

enum conf_pcm { PCM_AUTO, PCM_WAV, PCM_RAW };
enum conf_overflow { OVERFLOW_SKIP, OVERFLOW_DROP };
/* With their names. How ffmpeg makes them is in the supervisor's protocol.c. */
#define CONF_CODECS(CODEC)      \
	CODEC(AUTO, "auto")     \
	CODEC(AAC, "aac")       \
	CODEC(OPUS, "opus")     \
	CODEC(MP3, "mp3")       \
	CODEC(PCM, "pcm")       \
	CODEC(VORBIS, "vorbis") \
	CODEC(PCMU, "pcmu")     \
	CODEC(PCMA, "pcma")     \
	CODEC(G722, "g722")
#define CONF_CODEC(codec, name) CODEC_##codec,
enum conf_codec { CONF_CODECS(CONF_CODEC) CODEC_COUNT };
/* What makes the picture of an output, with their names; the rest of each is in
 * the supervisor's encoder.c. */
#define CONF_ENCODERS(ENCODER)            \
	ENCODER(AUTO, "auto")             \
	ENCODER(X264, "libx264")          \
	ENCODER(X265, "libx265")          \
	ENCODER(NVENC, "h264_nvenc")      \
	ENCODER(VAAPI, "h264_vaapi")      \
	ENCODER(QSV, "h264_qsv")          \
	ENCODER(V4L2, "h264_v4l2m2m")     \
	ENCODER(H265_NVENC, "hevc_nvenc") \
	ENCODER(H265_VAAPI, "hevc_vaapi") \
	ENCODER(H265_QSV, "hevc_qsv")
#define CONF_ENCODER(encoder, name) ENCODER_##encoder,
enum conf_encoder { CONF_ENCODERS(CONF_ENCODER) ENCODER_COUNT };
/* Whose published settings a picture keeps to; the supervisor's preset.c. */
#define CONF_PRESETS(PRESET)         \
	PRESET(NONE, "none")         \
	PRESET(YOUTUBE, "youtube")   \
	PRESET(TWITCH, "twitch")     \
	PRESET(BILIBILI, "bilibili") \
	PRESET(DOUYIN, "douyin")     \
	PRESET(LOW, "lowlatency")    \
	PRESET(BOARD, "board")
#define CONF_PRESET(preset, name) PRESET_##preset,
enum conf_preset { CONF_PRESETS(CONF_PRESET) PRESET_COUNT };
/* Where the frames of a [video] come from. */
#define CONF_SOURCES(SOURCE)     \
	SOURCE(NONE, "none")     \
	SOURCE(COLOUR, "colour") \
	SOURCE(BOARD, "board")   \
	SOURCE(IMAGE, "image")   \
	SOURCE(LOOP, "loop")     \
	SOURCE(URL, "url")       \
	SOURCE(RAW, "raw")
#define CONF_SOURCE(source, name) SOURCE_##source,
enum conf_source { CONF_SOURCES(CONF_SOURCE) SOURCE_COUNT };
enum conf_hwaccel { HWACCEL_AUTO, HWACCEL_NONE };
enum conf_paced { PACED_AUTO, PACED_YES, PACED_NO };
/* What is accepted outlives a restart, or not; as [ttsd] says it of all. */
enum conf_durable { KEPT_YES, KEPT_NO, KEPT_REQUIRED, KEPT_AS_TTSD };
/* What was on air when ttsd ended is said again from its start, or not. */
enum conf_on_restart { RESTART_REPLAY, RESTART_DROP };
/* Whose turn it is first, with their names; the lowest is first. */
#define CONF_PRIORITIES(PRIORITY)          \
	PRIORITY(BACKGROUND, "background") \
	PRIORITY(NORMAL, "normal")         \
	PRIORITY(HIGH, "high")             \
	PRIORITY(URGENT, "urgent")
/* How often something is said: so often at most, or until it is cancelled. */
#define CONF_REPEAT_MAX 20
#define CONF_UNTIL_CANCELLED 0
/* When the numbers of a series begin again, but for the last one's end. */
enum conf_series_restart { SERIES_DAILY, SERIES_NEVER };
enum conf_latency { LATENCY_NORMAL, LATENCY_LOW };
enum conf_tls_verify { TLS_VERIFY_AUTO, TLS_VERIFY_YES, TLS_VERIFY_NO };
enum conf_transport { TRANSPORT_TCP, TRANSPORT_UDP };

/* What every section has. */
struct conf_block {
	const char *section; /* "output"; NULL: of no configuration */
	const char *file;    /* as conf_parse() was told; NULL: none was read */
	char name[CONF_NAME_MAX + 1]; /* "" in [ttsd] and [streamer] */
	/* Where its header stands, or CONF_BY_OPTION; 0: nobody wrote one. */
	unsigned line;
	/* Per key of its kind: 0 default, else the line it was set at, or
	 * CONF_BY_OPTION. */
	unsigned set_at[CONF_KEYS_MAX];
};

#define CONF_BY_OPTION UINT32_MAX

/* Who may open a daemon's sockets: its user, a group too, everybody. */
enum conf_admit { ADMIT_AUTO, ADMIT_USER, ADMIT_GROUP, ADMIT_ALL };

struct conf_admission {
	char *group;  /* "": the daemon's own */
	int64_t mode; /* enum conf_admit; ADMIT_AUTO: the group where named */
};

struct conf_ttsd {
	struct conf_block block;
	char *runtime_dir; /* "": see runtime_dir_open() */
	int64_t workers;
	int64_t workers_max;
	int64_t clients_max;
	char *clips_dir;  /* "": none */
	char *dictionary; /* path; "": none */
	int64_t key_window_ns;
	char *metrics;   /* loopback address (listen_address.h); "": none */
	char *state_dir; /* "": see state_dir_open() */
	int64_t durable; /* enum conf_durable, of all channels */
	int64_t restore_within_ns;
	int64_t history_keep_ns;
	int64_t history_max; /* bytes */
	int64_t log_text;
	struct conf_admission admission;
};

struct conf_streamer {
	struct conf_block block;
	char *ffmpeg;
	int64_t clients_max;
	char *metrics; /* as of ttsd */
	struct conf_admission admission;
};

/* Of ttsd-gateway. */
struct conf_http {
	struct conf_block block;
	char *listen;     /* listen_address.h; "": nothing is served */
	char **names;     /* by which it may be asked, beside its own */
	char *tokens;     /* path; "": `tokens` in the state directory */
	char **anonymous; /* rights of this machine's users without a token */
	char *tls_cert;   /* path; "": no TLS */
	char *tls_key;
};

/* What ttsd-gateway has said again and again. */
struct conf_schedule {
	struct conf_block block;
	/* When: common/text/calendar.h. */
	char **at, **days, **except, **dates;
	int64_t every_ns;
	char *from, *to;
	/* What: as of `say`. */
	char *text; /* "": a clip alone */
	char *clip;
	char *chime;
	char **channels; /* or zones; none: the first */
	char *voice, *language;
	int64_t priority; /* CONF_PRIORITIES */
	int64_t repeat;   /* CONF_UNTIL_CANCELLED, or so often */
	int64_t gap_ns;
	int64_t ttl_ns;
};

/* Of ttsd-gateway. */
struct conf_mqtt {
	struct conf_block block;
	char *url;     /* mqtt://HOST[:PORT] or mqtts://; "": no broker */
	char *site;    /* CONF_TOPIC_WORD; "": this machine's name */
	char **groups; /* of the same kind */
	char **may;    /* rights of who publishes */
	char *user;
	char *password_file;
	char *password_env;
	char *ca_file; /* path; "": those that the system trusts */
	char *tls_cert;
	char *tls_key;
	int64_t version; /* enum conf_mqtt_version */
	bool discovery;
	char *discovery_prefix;
};

/* Of ttsd-gateway. */
struct conf_wyoming {
	struct conf_block block;
	char *listen;  /* listen_address.h; "": nothing is served */
	char **allow;  /* common/net/network.h: who may, beside this machine */
	char *channel; /* "": the first one's manner */
};

enum conf_mqtt_version { CONF_MQTT_5, CONF_MQTT_3 };

/* Of what one level of a topic of ours is made, and how much of it. */
#define CONF_TOPIC_WORD              \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
#define CONF_TOPIC_WORD_MAX 64

struct conf_engine {
	struct conf_block block;
	int64_t type;    /* row of engine_types (engine_type.h) */
	char **command;  /* words, NULL-terminated; NULL when not given */
	int64_t rate_hz; /* 0: told by the WAV header */
	int64_t channels;
	int64_t format; /* enum conf_pcm */
	int64_t timeout_ns;
	int64_t prebuffer_ns;
	char *fallback; /* an engine's name; "": none */
	char *url;      /* of `http` */
	char *model;
	char *voice;
	char *key_file;
	char *key_env;
	int64_t retries;
	char *address; /* of `wyoming`: host:port */
};

struct conf_channel {
	struct conf_block block;
	int64_t rate_hz;
	int64_t channels;
	int64_t frame_ms;
	char *engine;
	struct speech_parameters speech; /* of who asks for nothing else */
	char *audio_socket; /* "": NAME.sock in the runtime directory */
	int64_t queue_max;
	int64_t subscribers_max;
	int64_t lag_max_ns;
	int64_t overflow;   /* enum conf_overflow */
	char *bed;          /* a clip's name; "": none */
	int64_t bed_volume; /* percent */
	int64_t duck_db;    /* below 0 */
	int64_t duck_attack_ns;
	int64_t duck_release_ns;
	int64_t comfort_noise_db; /* RMS, dBFS; 0: none */
	int64_t watermark;        /* bool: by which silence is told */
	int64_t durable;          /* enum conf_durable */
	int64_t on_restart;       /* enum conf_on_restart */
};

/* Channels that are asked as one. */
struct conf_zone {
	struct conf_block block;
	char **channels; /* their names, each once; at least one */
};

/* Who speaks a language, where a text's or a channel's language decides. */
struct conf_language {
	struct conf_block block; /* its name is a tag (language.h) */
	char *engine;            /* "": the channel's */
	char *voice;             /* "": the engine's for that language */
};

/* What is said again and again, with other words in its fields. */
struct conf_message {
	struct conf_block block;
	char *text;     /* ttsd/desk/template.h */
	char *chime;    /* a clip's name; "": none */
	int64_t repeat; /* CONF_UNTIL_CANCELLED, or so often */
	int64_t gap_ns;
	int64_t priority; /* CONF_PRIORITIES */
	int64_t ttl_ns;   /* 0: none */
	int64_t spell;    /* schema_spells */
	int64_t show;     /* bool: its fields, on the picture */
	int64_t prepare;  /* bool: it is made ahead */
	char **channels;  /* channels and zones; none: the first channel */
	char *voice;      /* "": the channel's */
	char *language;   /* "": the channel's */
};

/* Digits of a number of a series, and bytes of what stands before them. */
#define CONF_SERIES_DIGITS 9
#define CONF_SERIES_LAST INT64_C(999999999)
#define CONF_SERIES_PREFIX_MAX 16

/* Numbers that are called at counters, one after the other. */
struct conf_series {
	struct conf_block block;
	int64_t first, last;
	int64_t width; /* digits, at least */
	/* Before the digits, from conf_finish() on: its name where none is set.
	 */
	char *prefix;
	char **counters; /* their names; none: any */
	char *message;   /* a [message] */
	char **channels; /* channels and zones; none: the message's */
	int64_t restart; /* enum conf_series_restart */
};

/* Of a picture, in pixels. */
struct conf_size {
	int64_t width, height;
};

/* A picture that outputs show with a channel's sound. */
struct conf_video {
	struct conf_block block;
	int64_t source; /* enum conf_source */
	struct conf_size size;
	int64_t fps;
	int64_t background; /* 0xrrggbb */
	char *layout;       /* path of an SVG file, of `board` */
	char *path;         /* of `image` and `loop` */
	char *url;          /* of `url`; it may hold a password */
	int64_t paced;      /* enum conf_paced: of `url` */
	int64_t hwaccel;    /* enum conf_hwaccel: of `loop` and `url` */
	int64_t caption;    /* bool */
	char *logo;         /* path; "": none */
	int64_t clock;      /* bool */
	int64_t level;      /* bool */
	char **fields;      /* of `board`: "NAME=TEXT", each name once */
};

/* Where an output is sent, and in what form that place takes it. */
struct conf_address {
	/* Exactly one of these three. */
	char *url;
	char *url_file;
	char **url_command;
	char *key_file; /* of what is secret; "": none */
	char *key_env;
	int64_t listen;     /* bool: RTMP the other way round */
	int64_t transport;  /* enum conf_transport, of RTSP */
	int64_t tls_verify; /* enum conf_tls_verify */
	char *ca_file;      /* path of certificates; "": the system's */
	char *sdp_file;     /* path, of RTP; "": none */
	int64_t ttl;        /* of RTP and UDP: hops; 0: the system's choice */
	int64_t dscp;       /* the same: code point; 0: best effort */
	char *localaddr;    /* the same: of our interface; "": any */
	int64_t segment_ns; /* 0: the protocol's choice */
};

/* How it is encoded. */
struct conf_sound {
	int64_t codec;    /* enum conf_codec */
	int64_t bitrate;  /* bit/s; 0: the codec's default */
	int64_t rate_hz;  /* 0: as the channel, or as the codec wants it */
	int64_t channels; /* 0: as the channel */
	char **variants;  /* bit rates, of HLS; NULL or none: one stream */
	int64_t latency;  /* enum conf_latency */
	int64_t ptime_ns; /* of RTP: sound in a packet; 0: 20 ms or so */
};

/* How long an ffmpeg may take, and when another is started. */
struct conf_timing {
	int64_t backoff_initial_ns;
	int64_t backoff_max_ns;
	int64_t healthy_after_ns;
	int64_t max_restarts;
	int64_t start_timeout_ns;
	int64_t stall_timeout_ns;
	int64_t stop_timeout_ns;
	int64_t max_age_ns; /* 0: as the protocol needs it */
};

/* The second address, and when it is taken. */
struct conf_failover {
	char *backup_url; /* "": none */
	int64_t failures; /* in a row */
	int64_t down_ns;  /* not sending for so long */
	int64_t back_ns;  /* the first sends for so long */
};

/* The stream read back. */
struct conf_probe {
	char *url;        /* "": it is not */
	char *backup_url; /* of the second address; "": it is not */
	int64_t interval_ns;
	int64_t hear; /* bool: what comes is compared with what is sent */
};

struct conf_output {
	struct conf_block block;
	char *channel;       /* "": the first */
	char *group;         /* "": an encoder of its own */
	char *title;         /* of the stream, for its listeners; "": none */
	int64_t autostart;   /* bool */
	int64_t captions;    /* bool */
	int64_t now_playing; /* bool: what is said is the title meanwhile */
	struct conf_address address;
	struct conf_sound sound;
	struct conf_timing timing;
	struct conf_failover failover;
	struct conf_probe probe;
	char *video; /* "": sound alone */
	/* What `video` names, from conf_finish() on; NULL: sound alone, as with
	 * `source = none`. Of the same configuration. */
	const struct conf_video *picture;
	int64_t encoder; /* enum conf_encoder */
	int64_t preset;  /* enum conf_preset */
	char **extra_input_args;
	char **extra_output_args;
};

/* Blocks of one kind, in the order of their appearance. */
struct conf_list {
	void *items;
	size_t count;
};

struct conf {
	char *file; /* NULL: none was read */
	struct conf_ttsd ttsd;
	struct conf_streamer streamer;
	struct conf_http http;
	struct conf_mqtt mqtt;
	struct conf_wyoming wyoming;
	struct conf_list engines;   /* of struct conf_engine */
	struct conf_list channels;  /* of struct conf_channel */
	struct conf_list zones;     /* of struct conf_zone */
	struct conf_list languages; /* of struct conf_language */
	struct conf_list messages;  /* of struct conf_message */
	struct conf_list series;    /* of struct conf_series */
	struct conf_list videos;    /* of struct conf_video */
	struct conf_list outputs;   /* of struct conf_output */
	struct conf_list schedules; /* of struct conf_schedule */
};

struct conf_error {
	char text[CONF_ERROR_MAX];
};

/* Everything at its default, no named blocks. ERR_NOMEM. */
int conf_init(struct conf *c);
/* One of zeroes is fine. */
void conf_done(struct conf *c);

/* Reads a whole file's text; `file` is its name for messages. ERR_INVALID
 * and ERR_NOMEM with `e` filled. */
int conf_parse(struct conf *c, const char *file, const char *text, size_t len,
    struct conf_error *e);

/* One -D argument, "section.key=value". */
int conf_set(struct conf *c, const char *option, struct conf_error *e);

/* After everything was read: adds what exists without being named (channel
 * `main`, engines such as `espeak`) and checks what belongs together. */
int conf_finish(struct conf *c, struct conf_error *e);

/* Puts the path of its file in place of each credential that is named
 * ("credential:NAME"); where there is no folder of them (NULL or "") they stay.
 * ERR_NOMEM. */
int conf_place_credentials(struct conf *c, const char *folder);

/* Complains about `key` of a block, or about all of it (NULL), in the one form
 * that there is: "FILE:LINE: [section name] key: message", where the line is
 * that of the key, or "-D section.name.key: [section name] ..." where an
 * option has set it. The message says what was expected, and shows no secret.
 * Returns ERR_INVALID. */
int conf_blame(struct conf_error *e, const struct conf_block *block,
    const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static inline struct conf_engine *
conf_engine_at(const struct conf *c, size_t i)
{
	return (struct conf_engine *)c->engines.items + i;
}

static inline struct conf_channel *
conf_channel_at(const struct conf *c, size_t i)
{
	return (struct conf_channel *)c->channels.items + i;
}

static inline struct conf_zone *
conf_zone_at(const struct conf *c, size_t i)
{
	return (struct conf_zone *)c->zones.items + i;
}

static inline struct conf_language *
conf_language_at(const struct conf *c, size_t i)
{
	return (struct conf_language *)c->languages.items + i;
}

static inline struct conf_message *
conf_message_at(const struct conf *c, size_t i)
{
	return (struct conf_message *)c->messages.items + i;
}

static inline struct conf_series *
conf_series_at(const struct conf *c, size_t i)
{
	return (struct conf_series *)c->series.items + i;
}

static inline struct conf_video *
conf_video_at(const struct conf *c, size_t i)
{
	return (struct conf_video *)c->videos.items + i;
}

static inline struct conf_output *
conf_output_at(const struct conf *c, size_t i)
{
	return (struct conf_output *)c->outputs.items + i;
}

static inline struct conf_schedule *
conf_schedule_at(const struct conf *c, size_t i)
{
	return (struct conf_schedule *)c->schedules.items + i;
}

/* One of the sections of that kind ("output"); NULL behind the last. */
const struct conf_block *conf_block_at(
    const struct conf *c, const char *section, size_t i);

/* When a schedule is due; false as calendar_parse(). */
bool conf_schedule_calendar(const struct conf_schedule *s, struct calendar *out,
    const char **key, const char **expected);
/* Reads one that stands alone into `c`, from its settings (as -D takes them):
 * it is conf_schedule_at(c, 0). On which channels is not checked. `name` is a
 * valid one. conf_done() is to follow in either case. Errors as conf_parse().
 */
int conf_read_schedule(struct conf *c, const char *name, char *const *settings,
    struct conf_error *e);

/* NULL where there is none of that name. */
const struct conf_engine *conf_engine_find(
    const struct conf *c, const char *name);
const struct conf_channel *conf_channel_find(
    const struct conf *c, const char *name);
const struct conf_zone *conf_zone_find(const struct conf *c, const char *name);
/* Is that the name of the channel, or of a zone that has it? */
bool conf_name_has(const struct conf *c, const char *name, const char *channel);
const struct conf_message *conf_message_find(
    const struct conf *c, const char *name);
const struct conf_series *conf_series_find(
    const struct conf *c, const char *name);
const struct conf_schedule *conf_schedule_find(
    const struct conf *c, const char *name);
const struct conf_video *conf_video_find(
    const struct conf *c, const char *name);

/* The channel that an output sends: the one it names, or the first. */
const struct conf_channel *conf_channel_of(
    const struct conf *c, const struct conf_output *o);

/* The channel's own word on `durable`, or else that of [ttsd]; never
 * KEPT_AS_TTSD. */
enum conf_durable conf_durable_of(
    const struct conf *c, const struct conf_channel *ch);

/* The section for a language: that of its tag or, failing that, of a wider one
 * ([language en] speaks en-gb too). NULL where there is none. */
const struct conf_language *conf_language_find(
    const struct conf *c, const char *tag);

/* Do two blocks of a kind of section ("output") have the same values? */
bool conf_same(const char *section, const void *a, const void *b);
/* Calls `fn` with each section that is new, has other values than it had, or,
 * as it was, has gone; `kept`: there was one of that name, and there is. */
void conf_each_change(const struct conf *was, const struct conf *now,
    void (*fn)(void *arg, const struct conf_block *block, bool kept),
    void *arg);

/* "64k", "64000" or "1M" to bit/s; false for what is none. */
bool conf_bitrate(const char *text, int64_t *out);

/* 1 to CONF_NAME_MAX characters of CONF_NAME_OF. */
bool conf_name_valid(const char *name);

#endif
