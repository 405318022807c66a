#include "streamer-supervisor/ffmpeg/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "streamer-supervisor/ffmpeg/protocol.h"

static bool
has_ca_file(const struct conf_output *o)
{
	return o->address.ca_file && o->address.ca_file[0];
}

bool
tls_verifies(const struct plan *plan, const struct conf_output *o)
{
	return plan->protocol->tls >= PROTOCOL_TLS_OPTIONS &&
	       o->address.tls_verify != TLS_VERIFY_NO;
}

bool
tls_is_blind(const struct plan *plan, const struct conf_output *o)
{
	return plan->protocol->tls == PROTOCOL_TLS_BLIND &&
	       o->address.tls_verify == TLS_VERIFY_AUTO;
}

/* Does ffmpeg check the peer that it reads back from, when told to? */
static bool
checks_reading(const char *url)
{
	return url && (strncmp(url, "rtmps://", 8) == 0 ||
			  strncmp(url, "https://", 8) == 0);
}

const char *
tls_mistake(
    const struct plan *plan, const struct conf_output *o, const char **expected)
{
	bool asked = has_ca_file(o) || o->address.tls_verify == TLS_VERIFY_YES;

	if (asked && plan->protocol->tls == PROTOCOL_TLS_NONE &&
	    !checks_reading(o->probe.url) &&
	    !checks_reading(o->probe.backup_url))
		*expected = "only with an address, a probe_url or a "
			    "backup_probe_url of TLS";
	else if (asked && plan->protocol->tls == PROTOCOL_TLS_BLIND)
		*expected = "ffmpeg checks no certificate there; it does with "
			    "rtmps:// and with https:// lists of DASH";
	else if (has_ca_file(o) && o->address.tls_verify == TLS_VERIFY_NO)
		*expected = "nothing is checked with tls_verify = no";
	else
		return NULL;
	return has_ca_file(o) ? "ca_file" : "tls_verify";
}

/* Returns the options as one value, in which ':' parts them; NULL without
 * memory. */
static char *
list_options(const struct conf_output *o)
{
	static const char before[] = "tls_verify=1:ca_file=";
	const char *path = has_ca_file(o) ? o->address.ca_file : "";
	char *list = malloc(sizeof(before) + 2 * strlen(path)), *at;

	if (list == NULL || *path == '\0')
		return list ? strcpy(list, "tls_verify=1") : NULL;
	memcpy(list, before, sizeof(before));
	for (at = list + strlen(before); *path; path++) {
		if (strchr(":='\\ ", *path))
			*at++ = '\\';
		*at++ = *path;
	}
	*at = '\0';
	return list;
}

static bool
takes_list(const struct plan *plan, const struct conf_output *o)
{
	return tls_verifies(plan, o) &&
	       plan->protocol->tls == PROTOCOL_TLS_HTTP_OPTS;
}

/* Adds the check as options of their own. */
static void
add_options(struct argv *a, const struct conf_output *o)
{
	argv_options(a, "-tls_verify 1");
	if (has_ca_file(o)) {
		argv_options(a, "-ca_file");
		argv_add(a, "%s", o->address.ca_file);
	}
}

void
tls_options(struct argv *a, const struct plan *plan,
    const struct conf_output *o, const struct secret *secret)
{
	char *list;

	if (takes_list(plan, o) && secret->preset[0] == '\0') {
		list = list_options(o);
		argv_options(a, "-http_opts");
		argv_add(a, "%s", list ? list : "");
		a->failed |= list == NULL;
		free(list);
	} else if (tls_verifies(plan, o) && !takes_list(plan, o)) {
		add_options(a, o);
	}
}

void
tls_reading_options(
    struct argv *a, const struct conf_output *o, const char *url)
{
	if (checks_reading(url) && o->address.tls_verify != TLS_VERIFY_NO)
		add_options(a, o);
}

int
tls_preset(
    struct secret *secret, const struct plan *plan, const struct conf_output *o)
{
	char *list;
	int rc;

	if (!takes_list(plan, o) || secret->preset[0] == '\0')
		return 0;
	list = list_options(o);
	rc = list ? secret_add_option(secret, list) : ERR_NOMEM;
	free(list);
	return rc;
}

void
tls_errand_options(
    struct argv *a, const struct plan *plan, const struct conf_output *o)
{
	if (!tls_verifies(plan, o))
		argv_options(a, "--insecure");
	if (o->address.ca_file && o->address.ca_file[0]) {
		argv_options(a, "--ca");
		argv_add(a, "%s", o->address.ca_file);
	}
}
