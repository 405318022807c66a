#include "ttsd/engines/net/speech.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_io.h"
#include "ttsd/engines/net/answer.h"
#include "ttsd/engines/net/net.h"
#include "ttsd/engines/net/patience.h"
#include "ttsd/engines/net/secret.h"
#include "ttsd/engines/net/url.h"
#include "ttsd/engines/sound/sound.h"

#define REDIRECTS_MAX 3
#define BACKOFF_MS 250
#define BACKOFF_MAX_MS 4000
/* A server that asks for more patience than this is not asked again. */
#define RETRY_AFTER_MAX_S 5
#define SENTENCE_BYTES 200

static const struct speech_server *server;
static CURL *easy;

/* The answer to one request. */

struct answer {
	struct sound sound;
	struct patience patience;
	struct buf body; /* its beginning, for the message in it */
	bool begun;      /* its status and headers are known */
	bool accepted;   /* by its status: sound should come */
	bool framed;     /* HTTP itself says where it ends */
	int rc;          /* of the kit */
};

static long
status_of(void)
{
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static bool
is_header(const char *line, size_t len, const char *name)
{
	return len >= strlen(name) &&
	       strncasecmp(line, name, strlen(name)) == 0;
}

static size_t
on_header(char *line, size_t size, size_t count, void *ctx)
{
	struct answer *a = ctx;
	size_t len = size * count;

	if (is_header(line, len, "content-length:") ||
	    is_header(line, len, "transfer-encoding:") ||
	    is_header(line, len, "http/2") || is_header(line, len, "http/3"))
		a->framed = true;
	return len;
}

static size_t
on_body(char *data, size_t size, size_t count, void *ctx)
{
	struct answer *a = ctx;
	size_t len = size * count, room = buf_room(&a->body);
	int64_t since = io_now_ns();

	if (!a->begun)
		a->accepted = status_of() / 100 == 2;
	a->begun = true;
	if (buf_put(&a->body, data, len < room ? len : room) < 0)
		return 0;
	/* A long one is not read to its end. */
	if (!a->accepted)
		return len <= room ? len : 0;
	a->rc = sound_put(&a->sound, data, len);
	if (a->rc == 0 && a->sound.frames > 0)
		a->rc = kit_flush();
	patience_fed(&a->patience, len, since);
	return a->rc < 0 ? 0 : len;
}

static void
answer_init(struct answer *a)
{
	*a = (struct answer){ 0 };
	/* The bytes themselves count, whatever was asked for or the label says.
	 */
	sound_init(&a->sound, server->raw ? SOUND_PCM : SOUND_KNOWN,
	    &(struct wav_format){ server->rate_hz, 1, 16, WAV_TAG_PCM });
	buf_init(&a->body, ANSWER_MAX);
	patience_begin(&a->patience, server->timeout_ms);
}

static void
answer_done(struct answer *a)
{
	sound_done(&a->sound);
	buf_done(&a->body);
}

/* Requests. */

struct request {
	const char *text; /* what is to be spoken */
	const char *body;
	char *url;     /* after redirects another one than ours */
	unsigned hops; /* redirects */
	bool post;     /* else GET, after "see other" */
};

/* The result of a request. */
enum verdict {
	ENDED,      /* well, or kit_fail() has said why */
	REDIRECTED, /* to request->url */
	AGAIN,      /* kit_fail() has said why, but another try may help */
};

static struct curl_slist *
headers_of(const struct request *r)
{
	char key[SECRET_MAX + 32];
	struct curl_slist *list, *more;

	list = curl_slist_append(NULL, "Expect:");
	more = curl_slist_append(list, "Content-Type: application/json");
	if (more && secret_get()[0] && url_same_server(r->url, server->url)) {
		snprintf(
		    key, sizeof(key), "Authorization: Bearer %s", secret_get());
		more = curl_slist_append(list, key);
	}
	if (list && more)
		return list;
	curl_slist_free_all(list);
	return NULL;
}

/* The server is not there, or broke the connection before any sound: the
 * next try may find it well. */
static enum verdict
broken(const struct answer *a, CURLcode result)
{
	char why[CURL_ERROR_SIZE];

	if (a->accepted && a->sound.frames > 0) {
		kit_fail(KIT_FAILED, "the answer ended early");
		return ENDED;
	}
	secret_mask(why, sizeof(why), curl_easy_strerror(result));
	switch (result) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_SSL_CONNECT_ERROR:
		kit_fail(KIT_UNAVAILABLE, "cannot reach the server: %s", why);
		return AGAIN;
	case CURLE_PARTIAL_FILE:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		kit_fail(KIT_FAILED, "the answer ended early");
		return AGAIN;
	case CURLE_PEER_FAILED_VERIFICATION:
		kit_fail(KIT_UNAVAILABLE, "the server is not trusted: %s", why);
		return ENDED;
	default:
		kit_fail(KIT_FAILED, "the server's answer: %s", why);
		return ENDED;
	}
}

static enum verdict
redirect(struct request *r)
{
	char *url = NULL;

	curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &url);
	if (r->hops == REDIRECTS_MAX) {
		kit_fail(KIT_FAILED, "more than %d redirects", REDIRECTS_MAX);
		return ENDED;
	}
	if (url == NULL || !url_usable(url) || url_weaker(url, r->url)) {
		kit_fail(KIT_FAILED,
		    "a redirect to what is not http or https, or from https "
		    "to http");
		return ENDED;
	}
	url = strdup(url);
	if (url == NULL) {
		kit_fail(KIT_FAILED, "%s", err_text(ERR_NOMEM));
		return ENDED;
	}
	free(r->url);
	r->url = url;
	r->hops++;
	if (status_of() == 303)
		r->post = false;
	return REDIRECTED;
}

/* An answer whose status says that there is no sound in it. */
static enum verdict
net_speech_refused(struct request *r, const struct answer *a)
{
	char said[SENTENCE_BYTES];
	long status = status_of();
	enum kit_code code = KIT_FAILED;

	if (status == 301 || status == 302 || status == 303 || status == 307 ||
	    status == 308)
		return redirect(r);
	answer_sentence(
	    said, sizeof(said), buf_data(&a->body), buf_len(&a->body), r->text);
	if (status == 401 || status == 403 || status == 404 || status == 429 ||
	    status / 100 == 5)
		code = KIT_UNAVAILABLE;
	kit_fail(
	    code, "HTTP status %ld%s%s", status, said[0] ? ": " : "", said);
	return status == 429 || status / 100 == 5 ? AGAIN : ENDED;
}

/* A server that sent no sound may have said why, whatever the status. */
static int
net_speech_explain(const struct request *r, const struct answer *a, int rc)
{
	char said[SENTENCE_BYTES];

	if (a->sound.frames > 0 || kit_wanted() < 0)
		return rc;
	answer_sentence(
	    said, sizeof(said), buf_data(&a->body), buf_len(&a->body), r->text);
	if (said[0] == '\0')
		return rc;
	return kit_fail(KIT_FAILED, "%s where sound is wanted: %s",
	    kind_name(a->sound.kind), said);
}

/* Judges a whole answer with sound in it, or so the server says. */
static enum verdict
received(const struct request *r, struct answer *a)
{
	int rc = sound_end(&a->sound);

	if (rc == 0 && a->sound.frames == 0)
		rc = kit_fail(KIT_FAILED, "the answer has no sound in it");
	if (rc == 0 && !a->framed && sound_missing(&a->sound) > 0)
		rc = kit_fail(KIT_FAILED, "the answer ended early");
	a->rc = rc < 0 ? net_speech_explain(r, a, rc) : 0;
	return ENDED;
}

static enum verdict
judge(struct request *r, struct answer *a, CURLcode result)
{
	if (a->rc < 0) {
		a->rc = net_speech_explain(r, a, a->rc);
		return ENDED;
	}
	/* Unless it ends well below. */
	a->rc = ERR_INVALID;
	if (status_of() >= 300)
		return net_speech_refused(r, a);
	if (result != CURLE_OK && (a->accepted || !a->begun))
		return broken(a, result);
	return received(r, a);
}

static int
perform(struct request *r, enum verdict *verdict)
{
	struct curl_slist *headers = headers_of(r);
	struct answer a;
	CURLcode result;
	int rc;

	if (headers == NULL)
		return ERR_NOMEM;
	answer_init(&a);
	curl_easy_setopt(easy, CURLOPT_URL, r->url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	if (r->post) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, -1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body);
	} else {
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	}
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &a);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, &a);
	*verdict = ENDED;
	rc = net_run(easy, &a.patience, &result);
	if (rc == ERR_TIMEOUT) {
		rc = kit_fail(KIT_FAILED, "the server sent nothing for %u s",
		    server->timeout_ms / 1000);
	} else if (rc == 0) {
		*verdict = judge(r, &a, result);
		rc = a.rc;
	}
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	answer_done(&a);
	return rc;
}

/* Waits before another try. False: there is none. */
static bool
wait_again(unsigned tries, int *rc)
{
	unsigned ms = BACKOFF_MS;
	curl_off_t asked_s = 0;
	unsigned i;

	if (tries > server->retries)
		return false;
	for (i = 1; i < tries && ms < BACKOFF_MAX_MS; i++)
		ms *= 2;
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &asked_s);
	if (asked_s > RETRY_AFTER_MAX_S)
		return false;
	if (asked_s * 1000 > ms)
		ms = (unsigned)asked_s * 1000;
	*rc = kit_sleep(ms);
	return *rc == 0;
}

static int
net_speech_ask(struct request *r)
{
	enum verdict verdict;
	unsigned tries = 0;
	int rc;

	for (;;) {
		rc = perform(r, &verdict);
		if (verdict == ENDED)
			return rc;
		if (verdict == AGAIN && !wait_again(++tries, &rc))
			return rc;
	}
}

int
speech_ask(const char *text, const char *body)
{
	struct request r = { .text = text, .body = body, .post = true };
	int rc;

	r.url = strdup(server->url);
	rc = r.url ? net_speech_ask(&r) : ERR_NOMEM;
	free(r.url);
	return rc;
}

int
speech_init(const struct speech_server *s)
{
	server = s;
	if (net_init() < 0 || (easy = net_easy()) == NULL)
		return ERR_NOMEM;
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "ttsd");
	/* Compressed answers are not asked for, but understood. */
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "identity");
	curl_easy_setopt(
	    easy, CURLOPT_CONNECTTIMEOUT_MS, (long)s->connect_timeout_ms);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	if (s->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, s->ca_file);
	return 0;
}
