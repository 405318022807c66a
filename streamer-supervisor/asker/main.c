#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "streamer-supervisor/asker/asker.h"
#include "streamer-supervisor/errand/errand.h"

#define PATIENCE_NS (2 * NS_PER_S)
/* A server that decides after it has said "go on" does so at once. */
#define SECOND_THOUGHTS_NS (300 * NS_PER_MS)
#define POLL_MS 50
#define STATUS_MAX 100

struct question {
	struct errand errand;
	char url[ERRAND_LINE_BYTES], header[ERRAND_LINE_BYTES];

	long status; /* of the answer; 0: none yet */
	char text[STATUS_MAX];
	int64_t until_ns;
};

/* ---- the request -------------------------------------------------------- */

/* Takes a line of the answer's head. Any final status ends the transfer. */
static size_t
take_header(char *line, size_t size, size_t n, void *arg)
{
	struct question *q = arg;
	size_t len = size * n;
	char text[STATUS_MAX];
	const char *status;
	long number;

	snprintf(text, sizeof(text), "%.*s", (int)len, line);
	text[strcspn(text, "\r\n")] = '\0';
	status = strchr(text, ' ');
	if (strncmp(text, "HTTP/", strlen("HTTP/")) != 0 || status == NULL)
		return len;
	number = strtol(++status, NULL, 10);
	if (number == 100)
		q->until_ns = clock_awake_ns() + SECOND_THOUGHTS_NS;
	if (number < 200)
		return len;
	q->status = number;
	snprintf(q->text, sizeof(q->text), "%s", status);
	return 0;
}

/* There is no body, nor an end of it. */
static size_t
give_nothing(char *out, size_t size, size_t n, void *arg)
{
	(void)out;
	(void)size;
	(void)n;
	(void)arg;
	return CURL_READFUNC_PAUSE;
}

static struct curl_slist *
make_headers(const struct question *q)
{
	struct curl_slist *headers =
	    curl_slist_append(NULL, "Expect: 100-continue");

	headers = curl_slist_append(headers, "Transfer-Encoding: chunked");
	if (q->header[0])
		headers = curl_slist_append(headers, q->header);
	return headers;
}

static void
prepare(CURL *curl, struct question *q, struct curl_slist *headers)
{
	curl_easy_setopt(curl, CURLOPT_URL, q->url);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "Lavf");
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_nothing);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, q);
	/* The body never comes of itself. */
	curl_easy_setopt(curl, CURLOPT_EXPECT_100_TIMEOUT_MS, (long)60 * 1000);
	errand_tls(&q->errand, curl);
}

static void
ask(CURLM *multi, struct question *q)
{
	int running = 1;

	q->until_ns = clock_awake_ns() + PATIENCE_NS;
	while (running && q->status == 0 && clock_awake_ns() < q->until_ns)
		if (curl_multi_perform(multi, &running) != CURLM_OK ||
		    curl_multi_poll(multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
			return;
}

static enum asker_exit
judge(long status)
{
	/* No answer; it takes it; it does not know "Expect". */
	if (status < 300 || status == 417)
		return ASKER_NO_OBJECTION;
	if ((status >= 500 && status != 501) || status == 408 ||
	    status == 425 || status == 429)
		return ASKER_FAILED;
	return ASKER_REFUSED;
}

static bool
read_question(struct question *q, int argc, char **argv)
{
	bool ok = errand_open(&q->errand, argc, argv) &&
		  errand_line(&q->errand, q->url) && q->url[0];

	if (ok)
		errand_line(&q->errand, q->header);
	errand_close(&q->errand);
	return ok;
}

int
main(int argc, char **argv)
{
	struct question q = { .status = 0 };
	struct curl_slist *headers;
	enum asker_exit verdict;
	CURLM *multi;
	CURL *curl;

	if (!read_question(&q, argc, argv))
		return ASKER_USAGE;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	multi = curl_multi_init();
	curl = curl_easy_init();
	headers = make_headers(&q);
	if (multi && curl) {
		prepare(curl, &q, headers);
		curl_multi_add_handle(multi, curl);
		ask(multi, &q);
		curl_multi_remove_handle(multi, curl);
	}
	verdict = judge(q.status);
	if (verdict != ASKER_NO_OBJECTION)
		printf("%s\n", q.text);
	curl_easy_cleanup(curl);
	curl_multi_cleanup(multi);
	curl_slist_free_all(headers);
	curl_global_cleanup();
	return verdict;
}
