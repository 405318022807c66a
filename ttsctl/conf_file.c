#include "ttsctl/conf_file.h"

#include <stdio.h>

#include "common/err.h"
#include "platform/platform.h"

/* As a daemon does at its start (daemon/daemon.c). */
static int
conf_file_parse(struct conf *conf, const char *path, const struct buf *text,
    struct conf_error *e)
{
	int rc = conf_init(conf);

	snprintf(e->text, sizeof(e->text), "out of memory");
	if (rc == 0 && buf_len(text) > 0)
		rc = conf_parse(
		    conf, path, (const char *)buf_data(text), buf_len(text), e);
	if (rc == 0)
		rc = conf_finish(conf, e);
	if (rc < 0)
		conf_done(conf);
	return rc;
}

int
conf_file_read(
    const char *named, struct conf *conf, bool *found, struct conf_error *e)
{
	const char *path = named ? named : path_config_file();
	struct buf text;
	int rc;

	buf_init(&text, CONF_FILE_MAX);
	rc = path_read_waiting(path, &text);
	if (found)
		*found = rc == 0;
	if (rc == ERR_NOT_FOUND && named == NULL)
		rc = 0;
	if (rc == 0)
		rc = conf_file_parse(conf, path, &text, e);
	else
		snprintf(e->text, sizeof(e->text), "%s cannot be read: %s%s",
		    path, err_text(rc),
		    rc == ERR_DENIED ? "; ask as the user that the daemons "
				       "run as, or as root"
				     : "");
	buf_done(&text);
	return rc;
}
