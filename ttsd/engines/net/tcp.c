#include "ttsd/engines/net/tcp.h"

#include <stdio.h>
#include <string.h>

#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/net/net.h"
#include "ttsd/engines/net/url.h"

#define URL_BYTES 300

static struct {
	char url[URL_BYTES]; /* only its host and port count */
	CURL *easy;          /* NULL: there is no connection */
	curl_socket_t socket;
	CURLcode result;
} tcp;

int
tcp_set_address(const char *address)
{
	const char *colon = strrchr(address, ':');
	int n;

	if (colon == NULL || colon[1] == '\0' ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    strpbrk(address, "/?#@\\ "))
		return ERR_INVALID;
	n = snprintf(tcp.url, sizeof(tcp.url), "http://%s/", address);
	if (n < 0 || (size_t)n >= sizeof(tcp.url) || !url_usable(tcp.url))
		return ERR_INVALID;
	return 0;
}

int
tcp_open(const struct patience *p)
{
	int rc;

	tcp_close();
	tcp.easy = net_easy();
	if (tcp.easy == NULL)
		return ERR_NOMEM;
	curl_easy_setopt(tcp.easy, CURLOPT_URL, tcp.url);
	curl_easy_setopt(tcp.easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(tcp.easy, CURLOPT_PROXY, "");
	rc = net_begin(tcp.easy, p, &tcp.result);
	if (rc == 0 && tcp.result == CURLE_OK) {
		tcp.result = curl_easy_getinfo(
		    tcp.easy, CURLINFO_ACTIVESOCKET, &tcp.socket);
		if (tcp.result == CURLE_OK && tcp.socket != CURL_SOCKET_BAD)
			return 0;
		net_drop(tcp.easy);
	}
	curl_easy_cleanup(tcp.easy);
	tcp.easy = NULL;
	return rc < 0 ? rc : ERR_REFUSED;
}

const char *
tcp_why(void)
{
	return curl_easy_strerror(tcp.result);
}

int
tcp_write(const void *data, size_t len, const struct patience *p)
{
	const char *at = data;
	CURLcode result;
	size_t n;
	int rc;

	while (len > 0) {
		n = 0;
		result = curl_easy_send(tcp.easy, at, len, &n);
		if (result == CURLE_AGAIN) {
			rc = net_wait(tcp.socket, true, p);
			if (rc < 0)
				return rc;
		} else if (result != CURLE_OK) {
			return ERR_IO;
		}
		at += n;
		len -= n;
	}
	return 0;
}

long
tcp_read(void *data, size_t cap, const struct patience *p)
{
	CURLcode result;
	size_t n;
	int rc;

	for (;;) {
		/* This is looked at also where there is always something to
		 * read. */
		rc = net_look(p);
		if (rc < 0)
			return rc;
		n = 0;
		result = curl_easy_recv(tcp.easy, data, cap, &n);
		if (result == CURLE_OK)
			return n > 0 ? (long)n : ERR_END;
		if (result != CURLE_AGAIN)
			return ERR_IO;
		rc = net_wait(tcp.socket, false, p);
		if (rc < 0)
			return rc;
	}
}

void
tcp_close(void)
{
	if (tcp.easy == NULL)
		return;
	net_drop(tcp.easy);
	curl_easy_cleanup(tcp.easy);
	tcp.easy = NULL;
}
