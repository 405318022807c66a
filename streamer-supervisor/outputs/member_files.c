#include "streamer-supervisor/outputs/member_files.h"

#include "common/body.h"

static void
member_files_tell(struct member_files *f, enum keeping_result result)
{
	f->preparing = false;
	f->prepared(
	    f->arg, result == KEEPING_READY ? NULL : keeping_why(f->keeping));
}

static void
keeper_done(void *arg, enum keeping_result result)
{
	member_files_tell(arg, result);
}

static void
server_answered(void *arg, enum asking_result result)
{
	struct member_files *f = arg;

	f->preparing = false;
	f->prepared(f->arg,
	    result == ASKING_NO_OBJECTION ? NULL : asking_why(f->asking));
}

static void
keeper_unkept(void *arg)
{
	member_files_tell(arg, KEEPING_FAILED);
}

static void
files_grown(void *arg)
{
	struct member_files *f = arg;

	monitor_grew(&f->monitor);
}

static void
files_stuck(void *arg, enum cause cause, const char *why)
{
	struct member_files *f = arg;

	f->stuck(f->arg, cause, why);
}

static int
init_captions(struct member_files *f)
{
	const struct captioning_spec spec = { .loop = f->env->loop,
		.name = f->conf->block.name,
		.control = f->env->control,
		.channel = f->channel,
		.over = f->env->captions_over,
		.arg = f->env->arg };

	return f->conf->captions ? captioning_new(&spec, &f->captioning) : 0;
}

static int
init_heralding(struct member_files *f)
{
	const struct heralding_spec spec = { .loop = f->env->loop,
		.all = f->env->heraldings,
		.name = f->conf->block.name,
		.channel = f->channel->block.name,
		.conf = f->conf };

	return heralding_new(&spec, &f->heralding);
}

int
member_files_init(struct member_files *f)
{
	static const struct keeping_events events = { .done = keeper_done,
		.grown = files_grown };
	const char *name = f->conf->block.name;
	int rc = init_heralding(f);

	if (rc < 0)
		return rc;
	if (f->plan->protocol->puts)
		return asking_new(
		    f->env->loop, name, server_answered, f, &f->asking);
	if (!keeping_is_due(f->plan))
		return 0;
	rc = keeping_new(f->env->loop, name, &events, f, &f->keeping);
	f->monitor = (struct monitor){ .env = f->env,
		.timing = f->timing,
		.conf = f->conf,
		.channel = f->channel->block.name,
		.name = name,
		.plan = f->plan,
		.keeping = f->keeping,
		.sick = files_stuck,
		.arg = f };
	if (rc == 0)
		rc = timer_new(
		    f->env->loop, TIMER_COARSE, keeper_unkept, f, &f->unkept);
	if (rc == 0)
		rc = monitor_init(&f->monitor);
	return rc < 0 ? rc : init_captions(f);
}

void
member_files_done(struct member_files *f)
{
	if (f->keeping)
		monitor_done(&f->monitor);
	timer_free(f->unkept);
	keeping_free(f->keeping);
	captioning_free(f->captioning);
	heralding_free(f->heralding);
	asking_free(f->asking);
	f->keeping = NULL;
	f->captioning = NULL;
	f->heralding = NULL;
	f->asking = NULL;
	f->unkept = NULL;
}

/* A folder that hangs is to be told from the others before the start of all of
 * them has taken too long. */
static int64_t
member_files_patience_ns(const struct member_files *f)
{
	int64_t half = f->timing->start_timeout_ns / 2;

	return half < KEEPING_PATIENCE_NS ? half : KEEPING_PATIENCE_NS;
}

/* A member's URL stays as it is: what of it is secret is in it. One that cannot
 * be asked is sent to. */
static bool
member_files_ask(struct member_files *f)
{
	struct secret s;
	bool asked =
	    secret_part(&s, NULL, f->conf->address.url, "") == 0 &&
	    asking_is_due(f->plan, f->conf, &s) &&
	    asking_start(f->asking, f->plan, f->conf, f->timing, &s) == 0;

	secret_done(&s);
	return asked;
}

bool
member_files_prepare(struct member_files *f)
{
	if (f->asking)
		return f->preparing = member_files_ask(f);
	if (f->keeping == NULL)
		return false;
	f->preparing = true;
	/* Told later: a sender is not to be stopped while it starts. */
	if (keeping_start(
		f->keeping, f->plan, f->conf, member_files_patience_ns(f)) < 0)
		timer_at(f->unkept, clock_awake_ns());
	return true;
}

void
member_files_watch(struct member_files *f, bool on_air)
{
	if (f->keeping == NULL)
		return;
	if (on_air)
		monitor_start(&f->monitor, 0);
	else
		monitor_stop(&f->monitor);
}

void
member_files_caption(
    struct member_files *f, int64_t pid, const uint64_t *first_sample)
{
	captioning_start(f->captioning, f->plan, f->conf, pid, first_sample);
	heralding_start(f->heralding, f->plan, NULL);
}

void
member_files_release(struct member_files *f)
{
	f->preparing = false;
	asking_stop(f->asking);
	captioning_stop(f->captioning);
	heralding_stop(f->heralding);
	if (f->keeping == NULL)
		return;
	keeping_stop(f->keeping);
	timer_at(f->unkept, INT64_MAX);
	monitor_stop(&f->monitor);
}

int64_t
member_files_number(const struct member_files *f)
{
	return keeping_number(f->keeping);
}

json_t *
member_files_hand_over(const struct member_files *f, struct parcel *parcel)
{
	json_t *o = json_object();

	if (f->keeping)
		body_put(&o, "keeping", keeping_hand_over(f->keeping, parcel));
	body_put(&o, "captions", captioning_hand_over(f->captioning, parcel));
	body_put(&o, "herald", heralding_hand_over(f->heralding));
	return o;
}

int
member_files_take_over(
    struct member_files *f, struct parcel *parcel, const json_t *word)
{
	const json_t *keeping = json_object_get(word, "keeping");
	int rc = 0;

	if (keeping && f->keeping)
		rc = keeping_take_over(f->keeping, parcel, keeping);
	if (rc == 0)
		rc = captioning_take_over(
		    f->captioning, parcel, json_object_get(word, "captions"));
	return rc < 0 ? rc
		      : heralding_take_over(
			    f->heralding, json_object_get(word, "herald"));
}
