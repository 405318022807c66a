/* Who may read what is secret, and write where it would do harm? */
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "platform/state_dir.h"
#include "ttsctl/doctor/checks/checks.h"

/* A daemon of another user reads it by its group, or not at all. */
static bool
is_out_of_reach(const struct inspected_file *f, int64_t daemon_uid)
{
	return daemon_uid > 0 && f->uid != daemon_uid && !f->group_read &&
	       !f->all_read;
}

void
judge_key(struct report *r, const char *about, const char *path,
    const struct inspected_file *f, int64_t daemon_uid)
{
	if (f->all_write) {
		report_add(r, FOUND_ERROR, about,
		    "every user of this machine can write %s (mode %04o)", path,
		    f->mode);
		report_remedy(r, "chmod 600 %s, and put a new key there", path);
	} else if (f->all_read) {
		report_add(r, FOUND_WARNING, about,
		    "every user of this machine can read %s (mode %04o)", path,
		    f->mode);
		report_remedy(r, "chmod 600 %s, and have a new key made", path);
	} else if (is_out_of_reach(f, daemon_uid)) {
		report_add(r, FOUND_ERROR, about,
		    "%s belongs to %s, and the daemon cannot read it (mode "
		    "%04o)",
		    path, f->user, f->mode);
		report_remedy(
		    r, "chown it to the user that the daemon runs as");
	} else {
		report_add(
		    r, FOUND_FINE, about, "%s is for %s alone", path, f->user);
	}
}

/* Where a system has no modes, it knows at least that. */
static void
look_at_rights(struct report *r, const char *about, const char *path)
{
	if (path_is_private(path)) {
		report_add(r, FOUND_FINE, about, "%s is private", path);
	} else {
		report_add(r, FOUND_WARNING, about, "others can read %s", path);
		report_remedy(r, "take the rights of others away");
	}
}

static void
look_at_key(struct report *r, const struct conf_block *block, const char *key,
    const char *path, int64_t daemon_uid)
{
	struct inspected_file f;
	char about[80];
	int rc;

	if (path == NULL || path[0] == '\0')
		return;
	snprintf(about, sizeof(about), "[%s%s%s] %s", block->section,
	    block->name[0] ? " " : "", block->name, key);
	rc = inspect_file(path, &f);
	if (rc == 0)
		judge_key(r, about, path, &f, daemon_uid);
	else if (rc == ERR_UNSUPPORTED)
		look_at_rights(r, about, path);
	else if (rc == ERR_DENIED) {
		report_add(
		    r, FOUND_UNSEEN, about, "%s: %s", path, err_text(rc));
		report_remedy(r, "ask as the user of the daemons, or as root");
	}
	/* One that is not there is the configuration's finding. */
}

/* A key without a folder is a credential of systemd's. */
static void
look_at_outputs(const struct patient *p, struct report *r)
{
	const struct conf_output *o;
	size_t i;

	for (i = 0; i < p->conf.outputs.count; i++) {
		o = conf_output_at(&p->conf, i);
		if (o->address.key_file && strpbrk(o->address.key_file, "/\\"))
			look_at_key(r, &o->block, "key_file",
			    o->address.key_file, p->streamer.uid);
		look_at_key(r, &o->block, "url_file", o->address.url_file,
		    p->streamer.uid);
	}
}

static void
look_at_files(const struct patient *p, struct report *r)
{
	const struct conf *c = &p->conf;
	const struct conf_engine *e;
	size_t i;

	for (i = 0; i < c->engines.count; i++) {
		e = conf_engine_at(c, i);
		look_at_key(r, &e->block, "key_file", e->key_file, p->ttsd.uid);
	}
	look_at_outputs(p, r);
	/* The gateway runs as the others do. */
	look_at_key(r, &c->http.block, "tokens", c->http.tokens, p->ttsd.uid);
	look_at_key(r, &c->http.block, "tls_key", c->http.tls_key, p->ttsd.uid);
	look_at_key(r, &c->mqtt.block, "password_file", c->mqtt.password_file,
	    p->ttsd.uid);
	look_at_key(r, &c->mqtt.block, "tls_key", c->mqtt.tls_key, p->ttsd.uid);
}

/* Who can write there decides what is said, or run. */
static void
look_at_writing(struct report *r, const char *what, const char *path)
{
	struct inspected_file f;

	if (path[0] == '\0' || inspect_file(path, &f) < 0)
		return;
	if (f.all_write) {
		report_add(r, FOUND_ERROR, what,
		    "every user of this machine can write %s (mode %04o)", path,
		    f.mode);
		report_remedy(r, "chmod o-w %s", path);
	} else {
		report_add(r, FOUND_FINE, what, "%s belongs to %s, mode %04o",
		    path, f.user, f.mode);
	}
}

static void
look_at_state(const struct patient *p, struct report *r)
{
	struct state_dir dir;
	bool there;
	int rc;

	/* The place that our own user would have is not the daemon's. */
	if (p->conf.ttsd.durable == KEPT_NO ||
	    (p->ttsd.uid >= 0 && p->ttsd.uid != inspect_own_uid() &&
		p->conf.ttsd.state_dir[0] == '\0'))
		return;
	rc = state_dir_look(p->conf.ttsd.state_dir, &dir, &there);
	if (rc == ERR_UNTRUSTED && p->ttsd.uid == inspect_own_uid()) {
		report_add(
		    r, FOUND_ERROR, "state_dir", "%s %s", dir.path, dir.fault);
		report_remedy(r, "mend its owner and mode");
	} else if (rc == 0 && there) {
		look_at_writing(r, "state_dir", dir.path);
	}
}

void
check_keys(const struct patient *p, struct report *r)
{
	look_at_writing(r, "configuration",
	    p->conf_file ? p->conf_file : path_config_file());
	if (!p->has_conf)
		return;
	look_at_writing(r, "clips_dir", p->conf.ttsd.clips_dir);
	look_at_writing(r, "dictionary", p->conf.ttsd.dictionary);
	look_at_state(p, r);
	look_at_files(p, r);
}
