#include "streamer-supervisor/sender/asking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/argv.h"
#include "common/args/words.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/net/url.h"
#include "common/utf8.h"
#include "streamer-supervisor/asker/asker.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/ffmpeg/tls.h"
#include "streamer-supervisor/sender/history.h"

/* The program gives up before. */
#define PATIENCE_NS (4 * NS_PER_S)
/* The preset of an output's secret is this, and the header. */
#define HEADERS_OPTION "headers="

struct asking {
	struct loop *loop;
	const char *name;
	void (*done)(void *arg, enum asking_result result);
	void *arg;
	struct process *process; /* NULL: none */
	struct timer *deadline;
	struct lines out, err;
	char why[REASON_MAX];
};

static void
asking_answer(struct asking *a, enum asking_result result)
{
	asking_stop(a);
	a->done(a->arg, result);
}

static void
asking_late(void *arg)
{
	asking_answer(arg, ASKING_NO_OBJECTION);
}

/* ---- the child --------------------------------------------------------- */

static void
take_status(void *arg, char *line)
{
	struct asking *a = arg;
	char status[REASON_MAX - 40];

	utf8_sanitise(status, sizeof(status), line, strlen(line));
	snprintf(
	    a->why, sizeof(a->why), "the server answers a PUT with %s", status);
}

/* What comes on standard error is the system's, such as a library that it
 * lacks: the program itself writes nothing there. */
static void
take_complaint(void *arg, char *line)
{
	const struct asking *a = arg;

	log_warning("output=%s its server cannot be asked whether it takes "
		    "PUT: %s",
	    a->name, log_quote(line));
}

static void
asker_out(void *arg, const uint8_t *data, size_t len)
{
	struct asking *a = arg;

	lines_feed(&a->out, data, len, take_status, a);
}

static void
asker_err(void *arg, const uint8_t *data, size_t len)
{
	struct asking *a = arg;

	lines_feed(&a->err, data, len, take_complaint, a);
}

static void
asker_gone(void *arg, const struct process_end *end)
{
	struct asking *a = arg;
	enum asking_result result = ASKING_NO_OBJECTION;
	char how[64];

	process_describe(end, how, sizeof(how));
	if (end->err || end->signalled)
		log_warning("output=%s its server could not be asked whether "
			    "it takes PUT: %s",
		    a->name, how);
	else if (end->code == ASKER_REFUSED)
		result = ASKING_REFUSED;
	else if (end->code == ASKER_FAILED)
		result = ASKING_FAILED;
	asking_answer(a, result);
}

static const struct process_events asker_events = {
	.gone = asker_gone, .out = asker_out, .err = asker_err
};

/* ---- what it is asked --------------------------------------------------- */

/* Returns the text for the program: the URL, and the header that is in the
 * preset. The caller frees it; NULL without memory. */
static char *
make_text(const struct secret *secret)
{
	const char *header = strstr(secret->preset, HEADERS_OPTION);
	char *text = NULL;

	header = header ? header + strlen(HEADERS_OPTION) : "";
	header += *header == '\'';
	if (asprintf(&text, "%s\n%.*s\n", secret->url,
		(int)strcspn(header, "'\n"), header) < 0)
		return NULL;
	return text;
}

static char **
make_argv(const struct plan *plan, const struct conf_output *o)
{
	char programs[PLATFORM_PATH_MAX];
	struct argv a = { 0 };

	if (path_libexec(programs, sizeof(programs)) < 0)
		return NULL;
	argv_add(&a, "%s/asker", programs);
	tls_errand_options(&a, plan, o);
	argv_add(&a, "%s", PROCESS_TEXT);
	return argv_take(&a);
}

/* Do arguments of the operator change what ffmpeg asks for? */
static bool
is_changed(const struct conf_output *o)
{
	static const char *const options[] = { "-method", "-headers",
		"-http_opts" };
	size_t i, k;

	for (i = 0; i < words_count(o->extra_output_args); i++)
		for (k = 0; k < sizeof(options) / sizeof(options[0]); k++)
			if (strcmp(o->extra_output_args[i], options[k]) == 0)
				return true;
	return false;
}

/* ---- what the header promises ------------------------------------------ */

int
asking_new(struct loop *l, const char *name,
    void (*done)(void *arg, enum asking_result result), void *arg,
    struct asking **out)
{
	struct asking *a = calloc(1, sizeof(*a));
	int rc;

	*out = NULL;
	if (a == NULL)
		return ERR_NOMEM;
	*a = (struct asking){
		.loop = l, .name = name, .done = done, .arg = arg
	};
	rc = timer_new(l, TIMER_COARSE, asking_late, a, &a->deadline);
	if (rc < 0) {
		asking_free(a);
		return rc;
	}
	*out = a;
	return 0;
}

void
asking_free(struct asking *a)
{
	if (a == NULL)
		return;
	process_free(a->process);
	timer_free(a->deadline);
	free(a);
}

bool
asking_is_due(const struct plan *plan, const struct conf_output *o,
    const struct secret *secret)
{
	struct url u;

	if (!plan->protocol->puts || is_changed(o))
		return false;
	url_parse(&u, secret->url, strlen(secret->url));
	return u.user.len == 0;
}

int
asking_start(struct asking *a, const struct plan *plan,
    const struct conf_output *o, const struct conf_timing *timing,
    const struct secret *secret)
{
	char *text = make_text(secret), **argv = make_argv(plan, o);
	const struct process_spec spec = { .argv = (const char *const *)argv,
		.text = text };
	int64_t half = timing->start_timeout_ns / 2;
	int rc = ERR_NOMEM;

	asking_stop(a);
	a->out = a->err = (struct lines){ .len = 0 };
	a->why[0] = '\0';
	if (argv && text)
		rc = process_spawn(
		    a->loop, &spec, &asker_events, a, &a->process);
	free(text);
	words_free(argv);
	if (rc == 0)
		timer_at(
		    a->deadline, clock_awake_ns() +
				     (half < PATIENCE_NS ? half : PATIENCE_NS));
	return rc;
}

bool
asking_stop(struct asking *a)
{
	bool was = a && a->process;

	if (a == NULL)
		return false;
	process_free(a->process);
	a->process = NULL;
	timer_at(a->deadline, INT64_MAX);
	return was;
}

const char *
asking_why(const struct asking *a)
{
	return a->why;
}
