/*
 * A speech server with OpenAI's interface: POST {"model","input","voice",
 * "response_format","speed"} to a URL, sound in the answer.
 *
 *   http --url URL [--model M] [--voice DEFAULT] [--format wav|pcm]
 *        [--rate HZ] [--key-file FILE | --key-env NAME] [--timeout S]
 *        [--connect-timeout S] [--retries N] [--ca-file FILE]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/net/credential.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_options.h"
#include "ttsd/engines/kit/kit_text.h"
#include "ttsd/engines/net/secret.h"
#include "ttsd/engines/net/speech.h"
#include "ttsd/engines/net/url.h"

#define USAGE                                                              \
	"http --url URL [--model M] [--voice DEFAULT] [--format wav|pcm] " \
	"[--rate HZ] [--key-file FILE | --key-env NAME] [--timeout S] "    \
	"[--connect-timeout S] [--retries N] [--ca-file FILE]"
#define RETRIES_MAX 20
/* Words a minute at speed 1, and the speeds that OpenAI takes. */
#define NORMAL_RATE 175.0
#define SPEED_MIN 0.25
#define SPEED_MAX 4.0

static struct speech_server server = {
	.rate_hz = 24000,
	.timeout_ms = 30000,
	.connect_timeout_ms = 10000,
	.retries = 2,
};
static const char *model = "tts-1", *default_voice = "alloy";
static const char *key_file, *key_env;

/* Arguments. */

static bool
take_url(const char *s)
{
	server.url = s;
	return url_usable(s);
}

static bool
take_format(const char *s)
{
	server.raw = strcmp(s, "pcm") == 0;
	return server.raw || strcmp(s, "wav") == 0;
}

static bool
take_rate(const char *s)
{
	return kit_option_number(
	    s, KIT_RATE_MIN, KIT_RATE_MAX, &server.rate_hz);
}

static bool
http_engine_take_timeout(const char *s)
{
	return kit_option_seconds(s, 0, &server.timeout_ms);
}

static bool
take_connect_timeout(const char *s)
{
	return kit_option_seconds(s, 1, &server.connect_timeout_ms);
}

static bool
take_retries(const char *s)
{
	return kit_option_number(s, 0, RETRIES_MAX, &server.retries);
}

static const struct kit_option table[] = {
	{ .name = "--url", .take = take_url },
	{ .name = "--model", .string = &model },
	{ .name = "--voice", .string = &default_voice },
	{ .name = "--format", .take = take_format },
	{ .name = "--rate", .take = take_rate },
	{ .name = "--key-file", .string = &key_file },
	{ .name = "--key-env", .string = &key_env },
	{ .name = "--timeout", .take = http_engine_take_timeout },
	{ .name = "--connect-timeout", .take = take_connect_timeout },
	{ .name = "--retries", .take = take_retries },
	{ .name = "--ca-file", .string = &server.ca_file },
	{ 0 },
};

static bool
http_engine_readable(const char *path)
{
	FILE *f = fopen(path, "r");

	if (f)
		fclose(f);
	return f != NULL;
}

static int
read_files(void)
{
	int rc = 0;

	if (key_file)
		rc = secret_from_file(key_file);
	else if (key_env)
		rc = secret_from_env(key_env);
	if (rc < 0) {
		log_error("http: no usable key in %s: %s",
		    key_file ? key_file : key_env,
		    credential_why(key_file ? key_file : "",
			getenv(CREDENTIAL_FOLDER), rc));
		return KIT_EXIT_UNAVAILABLE;
	}
	if (server.ca_file && !http_engine_readable(server.ca_file)) {
		log_error("http: ca_file=%s cannot be read; is it there, and "
			  "may this user read it?",
		    server.ca_file);
		return KIT_EXIT_UNAVAILABLE;
	}
	return 0;
}

/* Jobs. */

static char *
body_of(const struct kit_job *job, const char *text)
{
	double speed = job->speech.rate / NORMAL_RATE;
	char *body = NULL;
	json_t *o;

	o = json_pack("{s:s, s:s, s:s, s:s}", "model", model, "input", text,
	    "voice", job->speech.voice ? job->speech.voice : default_voice,
	    "response_format", server.raw ? "pcm" : "wav");
	if (o && job->speech.rate > 0) {
		speed = speed < SPEED_MIN ? SPEED_MIN : speed;
		speed = speed > SPEED_MAX ? SPEED_MAX : speed;
		body_put(&o, "speed", json_real(speed));
	}
	body = body_text(o);
	json_decref(o);
	return body;
}

static int
http_engine_run(const struct kit_job *job)
{
	char *text, *body = NULL;
	int rc = kit_text_plain(job, &text);

	kit_gain(job->speech.volume);
	if (text && kit_text_has_words(text)) {
		body = body_of(job, text);
		rc = body ? speech_ask(text, body) : ERR_NOMEM;
	}
	free(body);
	free(text);
	return rc;
}

static int
http_engine_start(int argc, char **argv)
{
	int rc = kit_options(argc, argv, table, USAGE);

	if (rc == 0 && (!server.url || (key_file && key_env))) {
		log_error("usage: " USAGE);
		rc = KIT_EXIT_USAGE;
	}
	if (rc == 0)
		rc = read_files();
	if (rc != 0)
		return rc;
	if (speech_init(&server) < 0) {
		log_error("http: libcurl cannot be initialised, so no server "
			  "can be asked; reinstall it and its TLS library");
		return KIT_EXIT_INTERNAL;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct kit_engine http = {
		.name = "http",
		.version = "1",
		.any_voice = true,
		.start = http_engine_start,
		.run = http_engine_run,
	};

	return kit_main(argc, argv, &http);
}
