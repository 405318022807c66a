#include <curl/curl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/format.h"
#include "common/net/encode.h"
#include "common/utf8.h"
#include "streamer-supervisor/errand/errand.h"
#include "streamer-supervisor/herald/herald.h"

#define EXIT_USAGE 64
#define PATIENCE_MS 3000L
#define WHY_BYTES 200
/* Of a server with many mountpoints some 500 bytes are of each. */
#define ANSWER_MAX (1024 * 1024)

struct titling {
	struct errand errand;
	char url[ERRAND_LINE_BYTES];
	char user[ERRAND_LINE_BYTES], password[ERRAND_LINE_BYTES];
	char charset[ERRAND_LINE_BYTES], title[ERRAND_LINE_BYTES];
	bool titled; /* there is one to be told */
	size_t root; /* bytes of the URL before the mountpoint */
	char *mount; /* percent-encoded, as a value of a query */
	struct buf answer;
};

/* ---- what is asked for -------------------------------------------------- */

static bool
read_titling(struct titling *t, int argc, char **argv)
{
	bool ok = errand_open(&t->errand, argc, argv) &&
		  errand_line(&t->errand, t->url) &&
		  errand_line(&t->errand, t->user) &&
		  errand_line(&t->errand, t->password);

	t->titled = ok && errand_line(&t->errand, t->charset) &&
		    errand_line(&t->errand, t->title);
	errand_close(&t->errand);
	return ok;
}

/* Finds where the mountpoint begins in the URL. */
static bool
find_mount(struct titling *t)
{
	const char *host = strstr(t->url, "://"), *path;

	path = host ? strchr(host + strlen("://"), '/') : NULL;
	if (path == NULL)
		return false;
	t->root = (size_t)(path - t->url);
	t->mount = percent_encode(path);
	return t->mount != NULL;
}

/* ---- a request ---------------------------------------------------------- */

static size_t
take_answer(char *data, size_t size, size_t n, void *arg)
{
	struct titling *t = arg;

	return buf_put(&t->answer, data, size * n) < 0 ? 0 : size * n;
}

static void
prepare(CURL *curl, struct titling *t, const char *url)
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, PATIENCE_MS);
	errand_tls(&t->errand, curl);
}

/* Returns the status of the answer, whose body is in `answer`; 0, with the
 * reason in *why, without one. */
static long
get(struct titling *t, const char *url, bool as_source, const char **why)
{
	CURL *curl = curl_easy_init();
	CURLcode rc = CURLE_OUT_OF_MEMORY;
	long status = 0;

	buf_clear(&t->answer);
	if (curl) {
		prepare(curl, t, url);
		if (as_source) {
			curl_easy_setopt(curl, CURLOPT_USERNAME, t->user);
			curl_easy_setopt(curl, CURLOPT_PASSWORD, t->password);
		}
		rc = curl_easy_perform(curl);
	}
	*why = curl_easy_strerror(rc);
	if (rc == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	return status;
}

/* ---- the title ---------------------------------------------------------- */

/* What Icecast answers is "<iceresponse><message>...</message><return>1</...".
 * The body is one line for a person where it is no such answer. */
static bool
is_taken(struct titling *t, char *why, size_t size)
{
	const char *message, *body;

	if (buf_put(&t->answer, "", 1) < 0)
		return false;
	body = (const char *)buf_data(&t->answer);
	message = strstr(body, "<message>");
	snprintf(
	    why, size, "%s", message ? message + strlen("<message>") : body);
	why[strcspn(why, "<\r\n")] = '\0';
	return strstr(body, "<return>1</return>") != NULL;
}

/* `charset` is what the server is to take the title for; *why is filled where
 * it does not. */
static bool
tell_title(struct titling *t, const char *charset, char *why, size_t size)
{
	char *title = percent_encode(t->title), *url = NULL;
	const char *error = "out of memory";
	long status = 0;

	if (title)
		url = format_text("%.*s/admin/metadata?mode=updinfo"
				  "&charset=%s&mount=%s&song=%s",
		    (int)t->root, t->url, charset, t->mount, title);
	if (url)
		status = get(t, url, true, &error);
	free(title);
	free(url);
	if (status == 200)
		return is_taken(t, why, size);
	if (status)
		snprintf(why, size, "the server answers %ld", status);
	else
		snprintf(why, size, "%s", error);
	return false;
}

/* ---- the status page ----------------------------------------------------- */

/* Is it that mountpoint, whatever name and port the server believes to have? */
static bool
is_mount(const struct titling *t, const json_t *source)
{
	const char *url =
		       json_string_value(json_object_get(source, "listenurl")),
		   *host = url ? strstr(url, "://") : NULL,
		   *path = host ? strchr(host + strlen("://"), '/') : NULL;

	return path && strcmp(path, t->url + t->root) == 0;
}

/* One source is an object, several are a list. */
static json_t *
find_source(const struct titling *t, json_t *sources)
{
	json_t *one;
	size_t i;

	if (json_is_object(sources) && is_mount(t, sources))
		return sources;
	json_array_foreach(sources, i, one)
	{
		if (is_mount(t, one))
			return one;
	}
	return NULL;
}

/* Returns what the server says of the mountpoint; NULL where it says nothing.
 * The caller releases it. */
static json_t *
ask_source(struct titling *t)
{
	json_t *all = NULL, *source;
	const char *why;
	char *url = format_text(
	    "%.*s/status-json.xsl?mount=%s", (int)t->root, t->url, t->mount);

	if (url && get(t, url, false, &why) == 200)
		all = json_loadb((const char *)buf_data(&t->answer),
		    buf_len(&t->answer), 0, NULL);
	free(url);
	source = json_incref(find_source(
	    t, json_object_get(json_object_get(all, "icestats"), "source")));
	json_decref(all);
	return source;
}

/* ---- the errand ---------------------------------------------------------- */

/* The server shows a title a moment after it has taken it. */
#define TELLS 3
#define LOOKS 5
#define LOOK_MS 200

static void
wait_ms(int ms)
{
	CURLM *multi = curl_multi_init();

	curl_multi_poll(multi, NULL, 0, ms, NULL);
	curl_multi_cleanup(multi);
}

static const char *
shown_title(const json_t *source)
{
	const char *shown = json_string_value(json_object_get(source, "title"));

	return shown ? shown : "";
}

/* Of a mountpoint without <charset> Icecast takes ISO 8859-1 for what its
 * listeners read, and writes "&#22823;" for a character that this lacks. Told
 * that the title is in ISO 8859-1, it passes its bytes on as they are, and
 * players take UTF-8 for what it is. */
static bool
is_spelt_out(const struct titling *t, const json_t *source)
{
	return strcmp(t->charset, HERALD_UTF8) == 0 &&
	       strstr(shown_title(source), "&#") &&
	       strstr(t->title, "&#") == NULL;
}

/* Does the server show the title, of bytes each as a character? */
static bool
is_shown(const struct titling *t, const json_t *source)
{
	const char *shown = shown_title(source), *said = t->title;
	char character[4];
	size_t n;

	if (strcmp(t->charset, HERALD_UTF8) == 0)
		return strcmp(shown, said) == 0;
	for (; *said; said++, shown += n) {
		n = utf8_put((uint8_t)*said, character);
		if (strncmp(shown, character, n) != 0)
			return false;
	}
	return *shown == '\0';
}

/* Returns what the server says of the mountpoint once it shows the title, or
 * has had the time to. */
static json_t *
look_at_title(struct titling *t)
{
	json_t *source = ask_source(t);
	int i;

	for (i = 0; i < LOOKS && source && !is_shown(t, source) &&
		    !is_spelt_out(t, source);
	     i++) {
		wait_ms(LOOK_MS);
		json_decref(source);
		source = ask_source(t);
	}
	return source;
}

/* 2.4.4 may forget a title that comes while it turns to the one before. */
static bool
tell_until_shown(struct titling *t, json_t **source, char *why, size_t size)
{
	bool shown = false;
	int i;

	*source = NULL;
	for (i = 0; i < TELLS && !shown; i++) {
		if (!tell_title(t, t->charset, why, size))
			return false;
		json_decref(*source);
		*source = look_at_title(t);
		if (is_spelt_out(t, *source))
			snprintf(t->charset, sizeof(t->charset), HERALD_BYTES);
		else
			shown = *source == NULL || is_shown(t, *source);
	}
	return true;
}

static void
run_errand(struct titling *t)
{
	bool utf8 = strcmp(t->charset, HERALD_UTF8) == 0;
	char why[WHY_BYTES];
	json_t *source = NULL, *count;

	if (!t->titled)
		source = ask_source(t);
	else if (tell_until_shown(t, &source, why, sizeof(why)))
		puts(HERALD_TOLD);
	else
		printf(HERALD_REFUSED "%s\n", why);
	if (utf8 && strcmp(t->charset, HERALD_UTF8) != 0)
		puts(HERALD_AS_BYTES);
	count = json_object_get(source, "listeners");
	if (json_is_integer(count))
		printf(HERALD_LISTENERS "%" JSON_INTEGER_FORMAT "\n",
		    json_integer_value(count));
	json_decref(source);
}

int
main(int argc, char **argv)
{
	static struct titling t;

	if (!read_titling(&t, argc, argv) || !find_mount(&t))
		return EXIT_USAGE;
	buf_init(&t.answer, ANSWER_MAX);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	run_errand(&t);
	curl_global_cleanup();
	buf_done(&t.answer);
	free(t.mount);
	return 0;
}
