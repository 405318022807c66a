#include "daemon/telemetry.h"

#include "common/err.h"
#include "daemon/daemon.h"

#define PLAIN_TEXT "text/plain; charset=utf-8"
#define UNAVAILABLE 503

static int
write_metrics(void *arg, size_t step, struct buf *out, unsigned *status)
{
	const struct telemetry *t = arg;

	(void)status;
	return metrics_step(t->groups, t->all, step, out);
}

/* A daemon that can answer at all is alive. */
static int
write_healthz(void *arg, size_t step, struct buf *out, unsigned *status)
{
	(void)arg;
	(void)step;
	(void)status;
	return buf_puts(out, "ok\n");
}

static int
write_readyz(void *arg, size_t step, struct buf *out, unsigned *status)
{
	const struct telemetry *t = arg;
	int rc = t->missing(t->all, out);

	(void)step;
	if (rc < 0)
		return rc;
	if (buf_len(out) == 0)
		return buf_puts(out, "ok\n");
	*status = UNAVAILABLE;
	return 0;
}

static const struct http_page pages[] = {
	{ "/metrics", METRICS_TYPE, write_metrics },
	{ "/healthz", PLAIN_TEXT, write_healthz },
	{ "/readyz", PLAIN_TEXT, write_readyz },
	{ NULL, NULL, NULL },
};

static enum daemon_step
failed(const char *section, const char *address, int err)
{
	if (err == ERR_IN_USE) {
		log_error("[%s] metrics=%s is in use by another program (or "
			  "is not a socket); stop that one, or set another "
			  "address",
		    section, log_quote(address));
		return EXIT_HELD;
	}
	if (err == ERR_TOO_LONG) {
		log_error("[%s] metrics=%s the path is longer than the %zu "
			  "bytes that the system allows; set a shorter one",
		    section, log_quote(address), path_socket_max());
		return EXIT_CONFIG;
	}
	if (err == ERR_UNSUPPORTED) {
		log_error("[%s] metrics=%s cannot be served on this system; "
			  "set 127.0.0.1:PORT, or leave the key out",
		    section, log_quote(address));
		return EXIT_CONFIG;
	}
	log_error(
	    "[%s] metrics=%s cannot be served: %s; set another address, or "
	    "leave the key out",
	    section, log_quote(address), err_text(err));
	return EXIT_FAILED;
}

enum daemon_step
telemetry_open(struct loop *l, const char *section, const char *address,
    const struct telemetry *t, struct http_server **out)
{
	char where[PLATFORM_PATH_MAX];
	int rc;

	*out = NULL;
	if (address[0] == '\0')
		return DAEMON_GO_ON;
	rc = http_new(l, address, pages, (void *)t, where, sizeof(where), out);
	if (rc < 0)
		return failed(section, address, rc);
	log_info("metrics=%s", log_quote(where));
	return DAEMON_GO_ON;
}
