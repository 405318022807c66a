#include "ttsd/engines/net/net.h"

#include "ttsd/engines/kit/kit.h"

/* ms from one look at CANCEL and the end of our input to the next. */
#define LOOK_MS 20

static CURLM *multi;

int
net_init(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return ERR_NOMEM;
	multi = curl_multi_init();
	return multi ? 0 : ERR_NOMEM;
}

CURL *
net_easy(void)
{
	CURL *easy = curl_easy_init();

	if (easy == NULL)
		return NULL;
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(
	    easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
	return easy;
}

int
net_look(const struct patience *p)
{
	int rc = kit_wanted();

	if (rc == 0 && patience_over(p))
		rc = ERR_TIMEOUT;
	return rc;
}

/* True when the one transfer there is has ended. */
static bool
net_ended(CURLcode *result)
{
	const CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(multi, &left)) != NULL) {
		if (msg->msg == CURLMSG_DONE) {
			*result = msg->data.result;
			return true;
		}
	}
	return false;
}

int
net_begin(CURL *easy, const struct patience *p, CURLcode *result)
{
	int running, rc = 0;

	*result = CURLE_OK;
	if (curl_multi_add_handle(multi, easy) != CURLM_OK)
		return ERR_NOMEM;
	for (;;) {
		if (curl_multi_perform(multi, &running) != CURLM_OK)
			rc = ERR_IO;
		if (rc < 0 || net_ended(result))
			break;
		rc = net_look(p);
		if (rc < 0)
			break;
		curl_multi_poll(multi, NULL, 0, LOOK_MS, NULL);
	}
	if (rc < 0 || *result != CURLE_OK)
		net_drop(easy);
	return rc;
}

void
net_drop(CURL *easy)
{
	curl_multi_remove_handle(multi, easy);
}

int
net_run(CURL *easy, const struct patience *p, CURLcode *result)
{
	int rc = net_begin(easy, p, result);

	net_drop(easy);
	return rc;
}

int
net_wait(curl_socket_t socket, bool to_write, const struct patience *p)
{
	struct curl_waitfd w = { .fd = socket,
		.events = to_write ? CURL_WAIT_POLLOUT : CURL_WAIT_POLLIN };
	int rc = net_look(p);

	if (rc == 0)
		curl_multi_poll(multi, &w, 1, LOOK_MS, NULL);
	return rc;
}
