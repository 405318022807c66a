/*
 * What can be sent where: the tables of protocols and codecs. Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_PROTOCOL_H
#define STREAMER_SUPERVISOR_FFMPEG_PROTOCOL_H

#include "streamer-supervisor/ffmpeg/encoder.h"
#include "streamer-supervisor/ffmpeg/messages.h"
#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/secret.h"

/* One output has at most so many bit rates. */
#define VARIANTS_MAX 8
#define BIT(codec) (1u << (codec))

/* What tells that an output is well, besides ffmpeg's own progress. */
enum protocol_sign {
	SIGN_TAKEN,  /* its peers acknowledge what is sent */
	SIGN_SOCKET, /* it has a socket to send from */
	SIGN_QUIET,  /* it does not complain */
	SIGN_GROWTH, /* the files that it writes grow */
	SIGNS
};

/* What ffmpeg does to know its peer over TLS (tls.h). */
enum protocol_tls {
	PROTOCOL_TLS_NONE,      /* it does not speak TLS */
	PROTOCOL_TLS_BLIND,     /* it checks no certificate */
	PROTOCOL_TLS_OPTIONS,   /* it does, with options of their own */
	PROTOCOL_TLS_HTTP_OPTS, /* the same, within -http_opts */
};

/* How a protocol carries one codec, where that is special. */
struct ffmpeg_carriage {
	const char *muxer;   /* NULL: the protocol's */
	const char *encoder; /* NULL: the codec's */
	const char *options; /* after the protocol's */
	int64_t rate_hz;     /* the only sample rate; 0: any */
	int64_t channels;    /* the only number of channels; 0: any */
};

struct ffmpeg_protocol {
	const char *scheme;  /* "": a path of this machine */
	const char *suffix;  /* the path must end so; NULL: in any way */
	const char *example; /* of a URL */
	const char *as;      /* the scheme that ffmpeg wants; NULL: the same */
	const char *since;   /* the ffmpeg it came with; NULL: an old one */
	const char *muxer;
	const char *needs; /* of `ffmpeg -protocols` */
	unsigned codecs;   /* those it can carry */
	unsigned pictures; /* the same, BIT() of enum picture_codec; 0: none */
	/* With H.265 its segments are fragmented MP4, not MPEG-TS. */
	bool fragments;
	/* Where codec = auto, by enum conf_latency. */
	enum conf_codec preferred[LATENCY_LOW + 1];
	struct ffmpeg_carriage carriage[CODEC_COUNT];
	const char *options;        /* before the URL */
	const char *modern;         /* the same, of ffmpeg 5.1 and newer */
	const char *const *carrier; /* options by enum conf_transport */
	/* The option that takes the seconds of a segment, and how many unless
	 * configured; NULL: it is one endless stream. */
	const char *segment;
	int64_t segment_s;
	/* A stream should not get older than this, because its time stamps then
	 * roll over in a way that servers may not survive; 0: it may. */
	int64_t max_age_ns;
	/* The option for the longest wait on its connection, in microseconds;
	 * NULL: it has none. */
	const char *patience;
	/* The option for the receive buffer of its one TCP connection, in
	 * bytes, by which that can be told from others; NULL: it has none. */
	const char *mark;
	unsigned signs; /* BIT() of those that it is judged by */
	/* BIT() of enum conf_transport: with those all sound goes over one
	 * connection, to whose peer it is delivered when acknowledged. */
	unsigned delivers;
	enum protocol_tls tls;
	bool describes; /* it can write an SDP file */
	bool datagrams; /* it takes ttl, dscp and localaddr in its query */
	bool packets;   /* `ptime` says how much sound one packet holds */
	bool puts;      /* it sends files by PUT, and looks at no answer */
	bool varies;    /* it takes one stream at several bit rates */
	const char *listening; /* options to wait for a player; NULL: can't */
	/* How its secrets are kept out of argv; NULL: ffmpeg knows no way. */
	const struct secret_way *secret;
	/* What its refusals mean where that is special; NULL: nothing. */
	const struct messages_sense *sense;
	const char *naming; /* its option for a title; NULL: metadata do */
	bool mounts;        /* the URL must name a path: a mountpoint */
	bool pattern; /* the path must name many files: strftime or %05d */
	const char
	    *entry; /* the file in the folder that the URL names; or NULL */
};

struct ffmpeg_codec {
	const char *encoder;
	int64_t bitrate;     /* for each channel, unless configured; 0: none */
	int64_t low_rate_hz; /* at least, where latency = low */
	int64_t rate_hz;     /* the only one; 0: any */
	int64_t channels;    /* the only number; 0: any */
	int64_t sample_bits; /* as it is sent; 0: it comes in frames */
	/* So many samples, at the rate that is encoded, come before the first
	 * one that it was given; of those that HLS carries. */
	int64_t delay_samples;
	const char *rfc6381; /* its name in a list of HLS; NULL: none */
	const char *options[LATENCY_LOW + 1];
	/* From so many bits a second of each channel on, these too. */
	int64_t ample_bps;
	const char *ample_options;
};

/* The table ends in a row without a scheme. */
extern const struct ffmpeg_protocol protocols[];
/* By enum conf_codec. */
extern const struct ffmpeg_codec codecs[CODEC_COUNT];

/* The row that a URL belongs to; NULL: none. */
const struct ffmpeg_protocol *protocol_find(const char *url);

/* Returns the path of a list of HLS, or of the file of another, that the URL of
 * a file names, "/srv/live.m3u8"; with a `variant`, such as "64k", that of the
 * list beside it that is of this one, "/srv/live_64k.m3u8". The caller frees
 * it; NULL without memory. */
#define PROTOCOL_CAPTIONS "vtt"    /* variant: the list of the captions */
#define PROTOCOL_MASTER "captions" /* the same, of streams and captions */
char *protocol_list(
    const struct ffmpeg_protocol *p, const char *url, const char *variant);

/* Does `path` hold a number's place, as %05d? */
bool protocol_is_numbered(const char *path);

#endif
