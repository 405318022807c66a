#include "daemon/upgrade_desk.h"

#include <stdio.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/version.h"

void
upgrade_desk_begin(struct upgrade_desk *d, struct upgrade *u)
{
	if (upgrade_is_under_way(u))
		return;
	d->begun++;
	log_info("upgrade: %s is tried", log_quote(succession_program()));
	upgrade_begin(u);
}

enum verdict
upgrade_desk_ask(struct upgrade_desk *d, struct upgrade *u, struct session *s,
    struct reply *r)
{
	uint64_t run;

	if (s->memo == NULL) {
		upgrade_desk_begin(d, u);
		s->memo = json_pack("{s:I, s:s}", "run", (json_int_t)d->begun,
		    "from", TTSD_VERSION);
	}
	if (s->memo == NULL) {
		reply_no_memory(r);
		return OP_DONE;
	}
	run = body_count(s->memo, "run");
	if (d->ended < run)
		return OP_LATER;
	if (d->why[0])
		reply_error(r, PROTO_UNAVAILABLE, "%s", d->why);
	reply_set(r, "version", json_string(TTSD_VERSION));
	reply_set(r, "from", json_incref(json_object_get(s->memo, "from")));
	return OP_DONE;
}

void
upgrade_desk_hand_over(const struct upgrade_desk *d, struct parcel *p)
{
	body_put(&p->document, "upgrades", json_integer((json_int_t)d->begun));
}

void
upgrade_desk_kept(struct upgrade_desk *d)
{
	d->ended = d->begun;
	d->why[0] = '\0';
}

json_t *
upgrade_desk_failed(struct upgrade_desk *d, const char *why)
{
	json_t *o = json_pack("{s:s}", "state", "failed");

	d->ended = d->begun;
	snprintf(d->why, sizeof(d->why), "%s", why);
	body_put_text(&o, "reason", why);
	return o;
}

json_t *
upgrade_desk_done(struct upgrade_desk *d, const struct parcel *p)
{
	const char *from = body_string(p->document, "version");

	d->begun = body_count(p->document, "upgrades");
	d->ended = d->begun;
	d->why[0] = '\0';
	return json_pack("{s:s, s:s, s:s}", "state", "done", "version",
	    TTSD_VERSION, "from", from ? from : "?");
}
