/*
 * Transfers with libcurl that end at once when the job is no longer wanted:
 * what the engines that ask a server have in common.
 */
#ifndef TTSD_ENGINES_NET_NET_H
#define TTSD_ENGINES_NET_NET_H

#include <curl/curl.h>
#include <stdbool.h>

#include "ttsd/engines/net/patience.h"

/* To be called once, first. Fails with ERR_NOMEM. */
int net_init(void);

/* A handle with what holds for all; NULL without memory. */
CURL *net_easy(void);

/* Runs a transfer to its end: 0 with its result. ERR_CLOSED when the job is
 * not wanted, ERR_TIMEOUT when patience is over; the transfer is broken off
 * then. */
int net_run(CURL *easy, const struct patience *p, CURLcode *result);

/* Runs a transfer as net_run() does, but one that ended well stays, with its
 * connection, until net_drop(): for CURLOPT_CONNECT_ONLY. */
int net_begin(CURL *easy, const struct patience *p, CURLcode *result);
void net_drop(CURL *easy);

/* 0, ERR_CLOSED, ERR_TIMEOUT as net_run(), without waiting. */
int net_look(const struct patience *p);

/* Waits a little for a socket. 0, or errors as net_run(). */
int net_wait(curl_socket_t socket, bool to_write, const struct patience *p);

#endif
