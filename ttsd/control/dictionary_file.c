/* The dictionary that the configuration names, at start and on SIGHUP. */
#include "common/err.h"
#include "ttsd/control/ttsd.h"

/* What was there stays when the new one is bad. */
static int
take_dictionary(struct ttsd *t, const struct buf *text)
{
	const char *path = t->conf.ttsd.dictionary;
	struct dictionary_error e = { 0, "out of memory" };
	struct dictionary *d = NULL;
	int rc = dictionary_parse(
	    &d, path, (const char *)buf_data(text), buf_len(text), &e);

	if (rc < 0) {
		log_error("%s", e.text);
		return rc;
	}
	dictionary_free(t->dictionary);
	t->dictionary = d;
	log_info("dictionary=%s words=%zu", path, dictionary_count(d));
	return 0;
}

int
ttsd_load_dictionary(struct ttsd *t)
{
	const char *path = t->conf.ttsd.dictionary;
	struct buf text;
	int rc;

	if (path[0] == '\0')
		return 0;
	buf_init(&text, DICTIONARY_FILE_MAX);
	rc = path_read(path, &text);
	if (rc < 0)
		log_error("dictionary: %s: %s", path, err_text(rc));
	else
		rc = take_dictionary(t, &text);
	buf_done(&text);
	return rc;
}

static void
dictionary_read(void *arg, int rc)
{
	struct ttsd *t = arg;

	if (rc < 0)
		log_error("dictionary: %s: %s", t->conf.ttsd.dictionary,
		    file_reader_why(t->dictionary_reader));
	else
		take_dictionary(t, file_reader_text(t->dictionary_reader));
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

	if (path[0] && file_reader_start(t->dictionary_reader, path) < 0)
		log_error("dictionary: %s: %s", path,
		    file_reader_why(t->dictionary_reader));
}
