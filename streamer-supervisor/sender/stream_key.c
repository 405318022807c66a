#include "streamer-supervisor/sender/stream_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/net/credential.h"
#include "common/record.h"
#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/ffmpeg/tls.h"

/* ---- where they are --------------------------------------------------- */

/* A key that was taken out of the environment. */
struct kept {
	struct kept *next;
	char *name, *value;
};

static struct kept *all_kept;

static int
keep(const char *name, const char *value)
{
	struct kept *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return ERR_NOMEM;
	*k = (struct kept){ all_kept, strdup(name), strdup(value) };
	if (k->name == NULL || k->value == NULL) {
		free(k->name);
		free(k->value);
		free(k);
		return ERR_NOMEM;
	}
	all_kept = k;
	return 0;
}

/* Returns the value of a variable, or NULL. The first call for it keeps the
 * value and takes the variable away from all children. */
static const char *
from_environment(const char *name)
{
	struct kept *k = all_kept;
	const char *value;

	while (k && strcmp(k->name, name) != 0)
		k = k->next;
	if (k)
		return k->value;
	value = getenv(name);
	if (value == NULL || keep(name, value) < 0)
		return NULL;
	process_withhold(name);
	return all_kept->value;
}

json_t *
stream_key_hand_over(void)
{
	const struct kept *k;
	json_t *o = json_object();

	for (k = all_kept; k; k = k->next)
		body_put(&o, k->name, record_text(k->value, strlen(k->value)));
	return o;
}

int
stream_key_take_over(const json_t *kept)
{
	const char *name;
	json_t *value;
	char *text;
	int rc = json_is_object(kept) ? 0 : ERR_INVALID;

	json_object_foreach((json_t *)kept, name, value)
	{
		text = record_read_text(value);
		if (rc == 0)
			rc = text ? keep(name, text) : ERR_INVALID;
		free(text);
	}
	return rc;
}

static int
fetch(
    const struct conf_output *o, const struct buf *text, char *key, size_t size)
{
	const char *value;

	*key = '\0';
	if (text)
		return credential_read(
		    buf_data(text), buf_len(text), key, size);
	value = from_environment(o->address.key_env);
	if (value == NULL)
		return ERR_NOT_FOUND;
	return credential_read(value, strlen(value), key, size);
}

/* ---- who sees them ---------------------------------------------------- */

static int
guard_url(const struct conf_output *o, const struct plan *plan)
{
	const struct ffmpeg_protocol *p = plan->protocol;
	bool grouped = o->group[0] != '\0';
	struct secret s;
	int rc = secret_part(&s, p->secret, o->address.url, "");

	if (rc == 0 && (redact_has_secret(s.url) || (s.preset[0] && grouped)))
		log_warning("output=%s the secret in its url is in ffmpeg's "
			    "command line, which every user of this machine "
			    "can read: ffmpeg takes it in no other way for "
			    "%s; let the server know this host by its address "
			    "instead, or mount /proc with hidepid=2",
		    o->block.name, grouped ? "a group" : p->scheme);
	secret_done(&s);
	return rc == ERR_NOMEM ? rc : 0;
}

int
stream_key_guard(struct stream_key_said *said, const struct conf_output *o,
    const struct plan *plan)
{
	int rc;

	if (said->url)
		return 0;
	if (o->address.key_env[0])
		from_environment(o->address.key_env);
	rc = guard_url(o, plan);
	if (rc < 0)
		return rc;
	said->url = true;
	if (tls_is_blind(plan, o))
		log_warning("output=%s the certificate of its server is not "
			    "checked: ffmpeg does not do that for %s://; "
			    "tls_verify = no says that this is known",
		    o->block.name, plan->protocol->scheme);
	return 0;
}

void
stream_key_warn(struct stream_key_said *said, const struct conf_output *o)
{
	if (said->file)
		return;
	said->file = true;
	if (!credential_is_in(o->address.key_file, getenv(CREDENTIAL_FOLDER)))
		log_warning("output=%s key_file=%s can be read by other users; "
			    "chmod 600 makes it private",
		    o->block.name, log_quote(o->address.key_file));
}

/* ---- their way to ffmpeg ---------------------------------------------- */

static int
remember(struct redact *r, const struct secret *s, const char *key)
{
	int rc = *key ? redact_add(r, key) : 0;
	size_t i;

	for (i = 0; i < SECRET_VALUES_MAX && s->values[i] && rc == 0; i++)
		rc = redact_add(r, s->values[i]);
	return rc;
}

int
stream_key_split(const struct conf_output *o, const struct plan *plan,
    const struct buf *text, struct redact *r, struct secret *out, char *why,
    size_t why_size)
{
	bool has_key = plan_has_key(o);
	const char *what = o->address.key_file[0]  ? "key_file"
			   : o->address.key_env[0] ? "key_env"
						   : "url";
	char key[STREAM_KEY_MAX + 1] = "";
	int rc = 0;

	*why = '\0';
	*out = (struct secret){ .url = NULL };
	if (has_key)
		rc = fetch(o, text, key, sizeof(key));
	if (rc < 0 && rc != ERR_INVALID) {
		snprintf(why, why_size, "%s: the key cannot be had: %s", what,
		    err_text(rc));
		return rc;
	}
	if (rc == 0)
		rc = secret_part(
		    out, plan->protocol->secret, o->address.url, key);
	if (rc == 0)
		rc = tls_preset(out, plan, o);
	if (rc == 0)
		rc = remember(r, out, key);
	if (rc == 0 && credential_has_edge_blank(key))
		log_warning("output=%s %s: the key begins or ends with a "
			    "blank, which is sent too",
		    o->block.name, what);
	if (rc == ERR_INVALID)
		snprintf(why, why_size,
		    "%s: expected one line of printable characters; a stream "
		    "key or token without blanks",
		    what);
	else if (rc < 0)
		snprintf(why, why_size, "%s: its secret cannot be used: %s",
		    what, err_text(rc));
	return rc;
}
