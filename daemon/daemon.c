#include "daemon/daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/net/credential.h"
#include "common/version.h"
#include "daemon/admission.h"
#include "daemon/command_line.h"
#include "daemon/file_reader.h"
#include "daemon/upgrade.h"
#include "platform/platform.h"
#include "platform/version.h"

static const char options_help[] =
    "\n"
    "  -c, --config FILE    configuration file, instead of\n"
    "                       %s, which may be absent\n"
    "  -D, --define SECTION.KEY=VALUE\n"
    "                       set a key, over the file; a named section is\n"
    "                       written output.live.url\n"
    "  -v, --verbose        log more; twice for debugging\n"
    "  --log-format FORMAT  text (default) or json\n"
    "  --check-config       say what a start would find wrong with the\n"
    "                       configuration, and exit%s\n"
    "  --reload PID         have the daemon of that process read its files\n"
    "                       again, for ExecReload of a service manager\n"
    "  --version            print the version and exit\n"
    "  -h, --help           print this and exit\n"
    "\n"
    "It stays in the foreground and logs to standard error. Exit status:\n"
    "0 stopped as asked, 64 usage, 69 socket held by a live daemon,\n"
    "71 the system refused something needed, 78 configuration error.\n";

/* What the daemon runs by, for daemon_reconfigure(). */
static struct command_line started_with;
static const struct daemon_program *started_as;
static struct buf started_text; /* of its file, until it is handed over */

static const char *
config_file(const struct command_line *o)
{
	return o->file ? o->file : path_config_file();
}

/* Reads the file at the start, when the daemon may wait for it. */
static int
read_file(const struct command_line *o, struct buf *text, struct conf_error *e)
{
	int rc = path_read_waiting(config_file(o), text);

	if (rc == ERR_NOT_FOUND && o->file == NULL)
		rc = 0;
	if (rc < 0)
		snprintf(e->text, sizeof(e->text), "%s: %s", config_file(o),
		    err_text(rc));
	return rc;
}

static int
check_all(const struct command_line *o, const struct daemon_program *program,
    const struct buf *text, const char *const *settings, bool trusted,
    struct conf *conf, struct conf_error *e)
{
	size_t i;
	int rc = conf_init(conf);

	snprintf(e->text, sizeof(e->text), "out of memory");
	if (rc == 0 && buf_len(text) > 0)
		rc = conf_parse(conf, config_file(o),
		    (const char *)buf_data(text), buf_len(text), e);
	for (i = 0; i < o->define_count && rc == 0; i++)
		rc = conf_set(conf, o->defines[i], e);
	for (; settings && *settings && rc == 0; settings++)
		rc = conf_set(conf, *settings, e);
	if (rc == 0)
		rc = conf_finish(conf, e);
	if (rc == 0)
		rc = conf_place_credentials(conf, getenv(CREDENTIAL_FOLDER));
	/* Files that the trial has looked at may hang by now. */
	if (rc == 0 && !trusted)
		rc = program->check(conf, e);
	if (rc == 0 && !trusted)
		rc = daemon_check_admission(conf, program->name, e);
	if (rc < 0)
		conf_done(conf);
	return rc;
}

const char *
daemon_config_file(bool *optional)
{
	*optional = started_with.file == NULL;
	return config_file(&started_with);
}

void
daemon_config_text(struct buf *out)
{
	*out = started_text;
	buf_init(&started_text, CONF_FILE_MAX);
}

int
daemon_reconfigure(const struct buf *text, const char *const *settings,
    struct conf *conf, struct conf_error *e)
{
	return check_all(
	    &started_with, started_as, text, settings, false, conf, e);
}

/* The end of a --check-config that found nothing wrong so far. */
static enum daemon_step
finish_check(const struct daemon_program *program, struct conf *conf)
{
	struct conf_error e;
	int rc = program->prove ? program->prove(conf, &e) : 0;

	conf_done(conf);
	if (rc < 0) {
		service_complain(e.text);
		return EXIT_CONFIG;
	}
	printf("the configuration is good\n");
	return EXIT_STOPPED;
}

/* ---- upgrades --------------------------------------------------------- */

static struct parcel inheritance; /* without a document: nobody's successor */

struct parcel *
daemon_inheritance(void)
{
	return inheritance.document ? &inheritance : NULL;
}

void
daemon_bequeath(struct parcel *p)
{
	body_put(&p->document, "program", json_string(started_as->name));
	body_put(&p->document, "version", json_string(TTSD_VERSION));
	body_put(&p->document, "state", json_integer(started_as->state));
}

int
daemon_inherited_file(const char *name, struct buf *out)
{
	const json_t *checked =
	    json_object_get(inheritance.document, "checked");
	const uint8_t *data;
	size_t len;

	if (parcel_find(
		&inheritance, json_object_get(checked, name), &data, &len) < 0)
		return ERR_NOT_FOUND;
	return len > 0 ? buf_put(out, data, len) : 0;
}

/* Is it of this program, and can this version read it? */
static int
check_given(const struct daemon_program *program, const struct parcel *given,
    struct conf_error *e)
{
	const char *name =
	    json_string_value(json_object_get(given->document, "program"));
	json_int_t state =
	    json_integer_value(json_object_get(given->document, "state"));

	if (program->take_over && name && strcmp(name, program->name) == 0 &&
	    state == program->state)
		return 0;
	snprintf(e->text, sizeof(e->text),
	    "%s %s takes over from a %s whose state has version %d, and this "
	    "is a %s of version %d",
	    program->name, TTSD_VERSION, program->name, program->state,
	    name ? name : "program", (int)state);
	return ERR_UNSUPPORTED;
}

static int
write_answer(const struct parcel *answer)
{
	struct buf bytes;
	int rc;

	buf_init(&bytes, PARCEL_MAX);
	rc = parcel_pack(answer, &bytes);
	if (rc == 0 && fwrite(buf_data(&bytes), 1, buf_len(&bytes), stdout) <
			   buf_len(&bytes))
		rc = ERR_IO;
	if (rc == 0 && fflush(stdout) != 0)
		rc = ERR_IO;
	buf_done(&bytes);
	return rc;
}

/* The trial of this program as the successor of another. */
static enum daemon_step
try_upgrade(const struct daemon_program *program, struct conf *conf)
{
	struct conf_error e = { .text = "" };
	struct parcel given, answer;
	int rc = parcel_init(&answer), read = succession_read_trial(&given);

	if (rc == 0)
		rc = read;
	if (rc == 0)
		rc = check_given(program, &given, &e);
	if (rc == 0)
		rc = program->take_over(conf, &given, &answer, &e);
	else
		conf_done(conf);
	body_put(&answer.document, UPGRADE_ANSWERED, json_true());
	body_put(&answer.document, "config",
	    parcel_add(
		&answer, buf_data(&started_text), buf_len(&started_text)));
	if (rc == 0)
		rc = answer.document ? write_answer(&answer) : ERR_NOMEM;
	if (rc < 0)
		service_complain(e.text[0] ? e.text : err_text(rc));
	parcel_done(&answer);
	parcel_done(&given);
	return rc < 0 ? EXIT_FAILED : EXIT_STOPPED;
}

/* ---- the start -------------------------------------------------------- */

/* The text of the configuration: of the file, or as the trial has read it. */
static int
read_config(const struct command_line *o, struct conf_error *e)
{
	if (daemon_inherited_file("config", &started_text) == 0)
		return 0;
	return read_file(o, &started_text, e);
}

static enum daemon_step
configure(const struct command_line *o, const struct daemon_program *program,
    struct conf *conf)
{
	struct conf_error e;

	buf_done(&started_text);
	buf_init(&started_text, CONF_FILE_MAX);
	if (read_config(o, &e) < 0 ||
	    check_all(o, program, &started_text, NULL,
		daemon_inheritance() != NULL, conf, &e) < 0) {
		service_complain(e.text);
		return EXIT_CONFIG;
	}
	if (o->check_config)
		return finish_check(program, conf);
	if (o->try_upgrade)
		return try_upgrade(program, conf);
	service_log_init(program->name, o->json_log ? LOG_JSON : LOG_TEXT,
	    o->verbosity ? LOG_DEBUG : LOG_INFO);
	return DAEMON_GO_ON;
}

/* Has another process of this program reload. Whoever can upgrade does so, for
 * then all is read again. */
static enum daemon_step
ask_reload(const struct daemon_program *program, int64_t pid)
{
	int rc = service_ask_reload(
	    pid, program->take_over ? LOOP_UPGRADE : LOOP_RELOAD);

	if (rc == 0)
		return EXIT_STOPPED;
	fprintf(stderr, "%s: process %lld cannot be told to reload: %s\n",
	    program->name, (long long)pid, err_text(rc));
	return EXIT_FAILED;
}

enum daemon_step
daemon_configure(int argc, char **argv, const struct daemon_program *program,
    struct conf *conf)
{
	const char *name = program->name;
	struct command_line *o = &started_with;
	enum daemon_step step = EXIT_STOPPED;

	if (argc == 3 && strcmp(argv[1], FILE_READER_OPTION) == 0)
		return file_reader_run(argv[2]);
	command_line_done(o);
	started_as = program;
	succession_note(argc, argv);
	parcel_done(&inheritance);
	succession_read(&inheritance);
	if (command_line_parse(argc, argv, o) < 0) {
		fprintf(stderr, "%s: %s; try %s --help\n", name,
		    o->error[0] ? o->error : "out of memory", name);
		step = EXIT_USAGE;
	} else if (o->help) {
		printf("usage: %s [OPTION]...\n%s\n", name, program->about);
		printf(options_help, path_config_file(), program->not_checked);
	} else if (o->version) {
		version_print(name);
	} else if (o->reload) {
		step = ask_reload(program, o->reload);
	} else {
		step = configure(o, program, conf);
	}
	if (step != DAEMON_GO_ON)
		command_line_done(o);
	return step;
}

void
daemon_serve(struct loop *l, const struct service_report *report, void *arg)
{
	if (service_report_begin(l, report, arg) < 0)
		log_warning("there is no memory for the watchdog of the "
			    "service manager, which will end this daemon");
	service_ready();
	loop_run(l);
	service_report_end();
}

enum daemon_step
daemon_runtime_dir(const struct conf *conf, struct runtime_dir *out)
{
	int rc = runtime_dir_open(conf->ttsd.runtime_dir, out);

	if (rc == 0)
		rc = daemon_admit(conf, started_as->name, out);
	if (rc == 0)
		return DAEMON_GO_ON;
	if (rc != ERR_UNTRUSTED)
		return daemon_socket_failed(out->path, rc);
	log_error("runtime_dir=%s %s; remove or mend it, or set "
		  "another ttsd.runtime_dir",
	    log_quote(out->path), out->fault);
	return EXIT_FAILED;
}

enum daemon_step
daemon_socket_failed(const char *path, int err)
{
	if (err == ERR_IN_USE) {
		log_error("socket=%s is held by a live daemon (or is not a "
			  "socket); stop that one, or set another "
			  "ttsd.runtime_dir",
		    log_quote(path));
		return EXIT_HELD;
	}
	if (err == ERR_TOO_LONG) {
		log_error("socket=%s the path is longer than the %zu bytes "
			  "that the system allows; set a shorter "
			  "ttsd.runtime_dir or audio_socket",
		    log_quote(path), path_socket_max());
		return EXIT_CONFIG;
	}
	log_error(
	    "socket=%s cannot be opened: %s; mend its folder, or set another "
	    "ttsd.runtime_dir or audio_socket",
	    log_quote(path), err_text(err));
	return EXIT_FAILED;
}
