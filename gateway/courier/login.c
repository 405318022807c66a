#include "gateway/courier/login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/control/fields.h"
#include "common/err.h"
#include "common/net/credential.h"
#include "platform/platform.h"

#define PASSWORD_MAX 4096
/* Where there is no ca_file: those that the system trusts. */
#define SYSTEM_CERTIFICATES "/etc/ssl/certs"

const char *
login_setting(const json_t *settings, const char *name)
{
	return body_string_or(settings, name, "");
}

static const char *
setting_or_null(const json_t *settings, const char *name)
{
	const char *text = login_setting(settings, name);

	return text[0] ? text : NULL;
}

/* Its first line, with a NUL behind it. */
static int
read_password(const char *path, struct buf *out)
{
	int rc = path_read_waiting(path, out);
	const char *text;

	if (rc == 0)
		rc = buf_put(out, "", 1);
	if (rc < 0)
		return rc;
	text = (const char *)buf_data(out);
	buf_truncate(out, strcspn(text, "\r\n"));
	return buf_put(out, "", 1);
}

int
login_password(
    const json_t *settings, struct mosquitto *m, char *why, size_t size)
{
	const char *env = login_setting(settings, "password_env");
	const char *file = login_setting(settings, "password_file");
	const char *password = env[0] ? getenv(env) : NULL;
	struct buf text;
	int rc = 0;

	buf_init(&text, PASSWORD_MAX);
	if (file[0])
		rc = read_password(file, &text);
	if (rc == 0 && file[0])
		password = (const char *)buf_data(&text);
	if (rc < 0)
		snprintf(why, size, "password_file=%s cannot be read: %s", file,
		    credential_why(file, getenv(CREDENTIAL_FOLDER), rc));
	else if (login_setting(settings, "user")[0] || password)
		mosquitto_username_pw_set(
		    m, login_setting(settings, "user"), password);
	buf_done(&text);
	return rc;
}

int
login_tls(const json_t *settings, struct mosquitto *m)
{
	const char *ca = setting_or_null(settings, "ca_file");
	int rc;

	if (!json_is_true(json_object_get(settings, "tls")))
		return 0;
	rc = mosquitto_tls_set(m, ca, ca ? NULL : SYSTEM_CERTIFICATES,
	    setting_or_null(settings, "tls_cert"),
	    setting_or_null(settings, "tls_key"), NULL);
	if (rc == MOSQ_ERR_NOT_SUPPORTED)
		return ERR_UNSUPPORTED;
	return rc ? ERR_INVALID : 0;
}
