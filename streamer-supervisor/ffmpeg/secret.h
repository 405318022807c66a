/*
 * The secrets of an output, taken out of its URL: ffmpeg reads them as a
 * preset, lines of "option=value", from its standard input, so that no
 * command line holds them. Pure.
 *
 * In a URL a secret is percent-encoded where it has to be (RTMP's stream key
 * is sent as it stands); a key is plain.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_SECRET_H
#define STREAMER_SUPERVISOR_FFMPEG_SECRET_H

/* ffmpeg reads at most so many bytes of a preset's line. */
#define SECRET_LINE_MAX 998
/* One preset holds at most so many secrets. */
#define SECRET_VALUES_MAX 2

struct secret {
	char *url;                           /* what may be seen */
	char *preset;                        /* what may not; "": nothing */
	char *values[SECRET_VALUES_MAX + 1]; /* the secrets in it; NULL ends */
};

/* How ffmpeg takes the secrets of a protocol: a column of the table in
 * protocol.c. */
struct secret_way;
extern const struct secret_way secret_rtmp, secret_srt, secret_rist,
    secret_icecast, secret_hls, secret_dash, secret_whip;

/* Parts `url` into what may be seen and what may not. `key` ("": none) is the
 * secret that the URL lacks. With `way` NULL all of the URL stays. Fails with
 * ERR_INVALID for a secret with characters that can't be passed on, with
 * ERR_TOO_LONG for one that is longer than ffmpeg reads, and with ERR_NOMEM.
 * secret_done() is due in any case. */
int secret_part(struct secret *s, const struct secret_way *way, const char *url,
    const char *key);
/* Adds options, "name=value" and ':' between them, to those of `http_opts` in
 * the preset, which is the last line of it. Fails with ERR_TOO_LONG and
 * ERR_NOMEM. */
int secret_add_option(struct secret *s, const char *options);
void secret_done(struct secret *s);

#endif
