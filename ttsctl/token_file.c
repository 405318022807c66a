#include "ttsctl/token_file.h"

#include <stdio.h>

#include "common/control/token.h"
#include "common/err.h"
#include "common/net/credential.h"
#include "platform/files.h"
#include "platform/state_dir.h"
#include "ttsctl/conf_file.h"

static enum status
complain_of_file(const char *path, const char *what, int err)
{
	complain("%s cannot be %s: %s%s", path, what, err_text(err),
	    err == ERR_DENIED
		? "; ask as the user that ttsd-gateway runs as, or as root"
		: "");
	return err == ERR_DENIED ? STATUS_DENIED : STATUS_FAILED;
}

/* ---- where it is -------------------------------------------------------- */

/* In the state directory, which is made where it is missing. What is found as
 * root is used as the user that it belongs to. */
static enum status
find_default(struct token_file *f, const struct conf *conf, bool to_write)
{
	struct state_dir found, dir;
	int n, rc = state_dir_find(conf->ttsd.state_dir, &found);

	dir = found;
	if (rc == 0) {
		n = snprintf(f->path, sizeof(f->path), "%s/tokens", found.path);
		rc = n < (int)sizeof(f->path) ? 0 : ERR_TOO_LONG;
	}
	if (rc == 0)
		rc = file_become_owner(f->path);
	if (rc == 0 && to_write)
		rc = state_dir_open(found.path, &dir);
	if (rc == ERR_UNTRUSTED)
		return complain("%s %s", dir.path, dir.fault);
	return rc < 0 ? complain_of_file(dir.path, "used", rc) : STATUS_DONE;
}

static enum status
use_named(struct token_file *f, const char *path)
{
	int rc = file_become_owner(path);

	snprintf(f->path, sizeof(f->path), "%s", path);
	return rc < 0 ? complain_of_file(path, "used", rc) : STATUS_DONE;
}

static enum status
token_file_find(struct token_file *f, const struct call *call, bool to_write)
{
	const char *named = call_option(call, "file");
	struct conf_error e;
	enum status status;
	struct conf conf;
	bool found;
	int rc;

	if (named)
		return use_named(f, named);
	rc = conf_file_read(call_option(call, "config"), &conf, &found, &e);
	if (rc < 0) {
		complain("%s", e.text);
		return rc == ERR_DENIED ? STATUS_DENIED : STATUS_FAILED;
	}
	f->guessed = !found;
	if (credential_is_meant(conf.http.tokens)) {
		complain("[http] tokens=%s is passed to the gateway alone: "
			 "--file names the file that it comes from",
		    conf.http.tokens);
		conf_done(&conf);
		return STATUS_FAILED;
	}
	status = conf.http.tokens[0] ? use_named(f, conf.http.tokens)
				     : find_default(f, &conf, to_write);
	conf_done(&conf);
	return status;
}

/* ---- what is in it ------------------------------------------------------ */

enum status
token_file_open(struct token_file *f, const struct call *call, bool to_write)
{
	enum status status;
	int rc = 0;

	*f = (struct token_file){ 0 };
	buf_init(&f->text, TOKENS_FILE_MAX);
	status = token_file_find(f, call, to_write);
	if (status != STATUS_DONE)
		return status;
	if (to_write)
		rc = file_hold(f->path);
	if (rc < 0)
		return complain_of_file(f->path, "written", rc);
	rc = path_read(f->path, &f->text);
	return rc == 0 || rc == ERR_NOT_FOUND
		   ? STATUS_DONE
		   : complain_of_file(f->path, "read", rc);
}

void
token_file_done(struct token_file *f)
{
	buf_done(&f->text);
}

enum status
token_file_write(const struct token_file *f, const struct buf *text)
{
	int rc = file_put_private(f->path, buf_data(text), buf_len(text));

	return rc < 0 ? complain_of_file(f->path, "written", rc) : STATUS_DONE;
}
