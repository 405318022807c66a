/* The dictionary that the configuration names, at start and on SIGHUP. */
#include <stdio.h>

#include "common/err.h"
#include "ttsd/control/message.h"
#include "ttsd/control/names.h"
#include "ttsd/control/prepared.h"
#include "ttsd/control/ttsd.h"

/* Says that the file cannot be read, and why. */
static int
blame_file(const struct conf_ttsd *conf, const char *why, struct conf_error *e)
{
	return conf_blame(
	    e, &conf->block, "dictionary", "%.200s: %s", conf->dictionary, why);
}

static int
parse_dictionary(const struct conf_ttsd *conf, const struct buf *text,
    struct dictionary **out, struct conf_error *e)
{
	struct dictionary_error wrong = { 0, "" };
	int rc = dictionary_parse(out, conf->dictionary,
	    (const char *)buf_data(text), buf_len(text), &wrong);

	if (rc == ERR_INVALID)
		return conf_blame(
		    e, &conf->block, "dictionary", "%s", wrong.text);
	return rc < 0 ? blame_file(conf, err_text(rc), e) : 0;
}

/* Reads the dictionary, waiting for the file system. *out becomes NULL where
 * none is configured. */
static int
read_dictionary(
    const struct conf_ttsd *conf, struct dictionary **out, struct conf_error *e)
{
	struct buf text;
	int rc;

	*out = NULL;
	if (conf->dictionary[0] == '\0')
		return 0;
	buf_init(&text, DICTIONARY_FILE_MAX);
	rc = daemon_inherited_file("dictionary", &text);
	if (rc == ERR_NOT_FOUND)
		rc = path_read(conf->dictionary, &text);
	rc = rc < 0 ? blame_file(conf, err_text(rc), e)
		    : parse_dictionary(conf, &text, out, e);
	buf_done(&text);
	return rc;
}

int
ttsd_check(const struct conf *conf, struct conf_error *e)
{
	struct dictionary *d;
	int rc = read_dictionary(&conf->ttsd, &d, e);

	dictionary_free(d);
	if (rc == 0)
		rc = message_check(conf, e);
	if (rc == 0)
		rc = names_check_files(conf, e);
	return rc;
}

static void
take_dictionary(struct ttsd *t, struct dictionary *d)
{
	dictionary_free(t->dictionary);
	t->dictionary = d;
	log_info("dictionary=%s words=%zu", log_quote(t->conf.ttsd.dictionary),
	    dictionary_count(d));
	prepared_refresh(t->prepared);
}

int
ttsd_load_dictionary(struct ttsd *t)
{
	struct conf_error e;
	struct dictionary *d;
	int rc = read_dictionary(&t->conf.ttsd, &d, &e);

	if (rc < 0)
		log_error("%s", e.text);
	else if (d)
		take_dictionary(t, d);
	return rc;
}

/* Takes the dictionary that was read; the old one stays when it is bad. */
static void
dictionary_read(void *arg, int rc)
{
	struct ttsd *t = arg;
	struct file_reader *r = t->dictionary_reader;
	struct dictionary *d = NULL;
	struct conf_error e;

	if (rc < 0)
		rc = blame_file(&t->conf.ttsd, file_reader_why(r), &e);
	else
		rc = parse_dictionary(
		    &t->conf.ttsd, file_reader_text(r), &d, &e);
	if (rc < 0)
		log_error("%s", e.text);
	else
		take_dictionary(t, d);
}

int
ttsd_open_dictionary(struct ttsd *t)
{
	return file_reader_new(t->loop, DICTIONARY_FILE_MAX, dictionary_read, t,
	    &t->dictionary_reader);
}

void
ttsd_reload_dictionary(struct ttsd *t)
{
	const char *path = t->conf.ttsd.dictionary;
	struct conf_error e;

	if (path[0] == '\0' ||
	    file_reader_start(t->dictionary_reader, path) == 0)
		return;
	blame_file(&t->conf.ttsd, file_reader_why(t->dictionary_reader), &e);
	log_error("%s", e.text);
}
