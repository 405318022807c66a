/* What there is to measure, for Prometheus; and what keeps outputs from being
 * on air. docs/METRICS.md is held against these tables. No URL is in them. */
#include <string.h>

#include "common/utf8.h"
#include "streamer-supervisor/control/supervisor.h"

/* ---- of the daemon ---------------------------------------------------- */

static void
ffmpeg(struct metrics *m, const void *thing)
{
	const struct supervisor *sv = thing;
	const char *version = probe_version(sv->env.probe);
	char text[128];

	/* The version is what a program said, so it may hold anything. */
	utf8_sanitise(text, sizeof(text), version, strlen(version));
	if (text[0])
		metrics_put_for(m, text, 1);
}

static void
uptime(struct metrics *m, const void *thing)
{
	const struct supervisor *sv = thing;

	metrics_put(m, (double)(clock_awake_ns() - sv->started_ns) / NS_PER_S);
}

static void
source(struct metrics *m, const void *thing)
{
	const struct supervisor *sv = thing;

	metrics_put(m, source_is_up(sv->env.source));
}

static void
clients(struct metrics *m, const void *thing)
{
	const struct supervisor *sv = thing;

	metrics_put(m, (double)server_clients(sv->server));
}

static void
clients_dropped(struct metrics *m, const void *thing)
{
	const struct supervisor *sv = thing;

	metrics_put(m, (double)server_dropped(sv->server));
}

static const struct metric daemon_metrics[] = {
	{ "streamer_build_info", METRIC_GAUGE, "version",
	    "Always 1; the version that runs.", metrics_put_version },
	{ "streamer_ffmpeg_info", METRIC_GAUGE, "version",
	    "Always 1; the ffmpeg that is used, once it has told.", ffmpeg },
	{ "streamer_uptime_seconds", METRIC_GAUGE, NULL,
	    "Time since the start.", uptime },
	{ "streamer_ttsd_up", METRIC_GAUGE, NULL,
	    "1 while ttsd is on air, else 0.", source },
	{ "streamer_clients", METRIC_GAUGE, NULL,
	    "Connections to the control socket.", clients },
	{ "streamer_clients_dropped_total", METRIC_COUNTER, NULL,
	    "Control clients that did not read what they asked for.",
	    clients_dropped },
	{ "streamer_log_lines_dropped_total", METRIC_COUNTER, NULL,
	    "Log lines left out because there were too many of their kind.",
	    metrics_put_log_dropped },
};

/* ---- of an output ----------------------------------------------------- */

static struct sender_facts
of(const void *thing)
{
	struct sender_facts f;

	output_facts(thing, &f);
	return f;
}

static void
channel(struct metrics *m, const void *thing)
{
	metrics_put_for(m, output_channel(thing), 1);
}

static void
state(struct metrics *m, const void *thing)
{
	int i, now = (int)output_state(thing);

	for (i = 0; i < CHILD_STATE_COUNT; i++)
		metrics_put_for(
		    m, child_state_name((enum child_state)i), i == now);
}

static void
wanted(struct metrics *m, const void *thing)
{
	metrics_put(m, !output_is_off(thing));
}

static void
restarts(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)of(thing).restarts);
}

static void
ends(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);
	int i;

	for (i = 0; i < CAUSE_COUNT; i++)
		metrics_put_for(
		    m, cause_name((enum cause)i), (double)f.ends[i]);
}

static void
on_backup(struct metrics *m, const void *thing)
{
	metrics_put(m, strcmp(output_active(thing), "backup") == 0);
}

static void
backoff(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)output_backoff_ms(thing) / 1000);
}

static void
on_air(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)of(thing).uptime_ns / NS_PER_S);
}

static void
sent(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)of(thing).out_time_us / 1e6);
}

static void
speed(struct metrics *m, const void *thing)
{
	metrics_put(m, of(thing).speed);
}

static void
bitrate(struct metrics *m, const void *thing)
{
	metrics_put(m, of(thing).bitrate_kbps * 1000 / 8);
}

static void
listeners(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.listeners >= 0)
		metrics_put(m, (double)f.listeners);
}

static void
drops(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)of(thing).drops);
}

static void
put_age(struct metrics *m, int64_t age_ms)
{
	if (age_ms >= 0)
		metrics_put(m, (double)age_ms / 1000);
}

static void
sound_age(struct metrics *m, const void *thing)
{
	put_age(m, of(thing).sound_age_ms);
}

/* What follows is of outputs with a picture. */

static void
picture(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.pictured)
		metrics_put(m, f.encoder[0] != '\0');
}

static void
encoder(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.encoder[0])
		metrics_put_for(m, f.encoder, 1);
}

static void
frames(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.pictured)
		metrics_put(m, (double)f.frames);
}

static void
duplicated(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.pictured)
		metrics_put(m, (double)f.duplicated);
}

static void
dropped(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.pictured)
		metrics_put(m, (double)f.dropped);
}

static void
frames_age(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.pictured)
		put_age(m, f.frames_age_ms);
}

static void
picture_ahead(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.read_back)
		metrics_put(m, f.ahead_s);
}

static void
heard(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.hears)
		metrics_put_for(m, f.heard.state, 1);
}

static void
heard_delay(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.hears)
		put_age(m, f.heard.delay_ms);
}

static void
drop_outs(struct metrics *m, const void *thing)
{
	struct sender_facts f = of(thing);

	if (f.hears)
		metrics_put(m, (double)f.heard.drop_outs);
}

static void
receipts(struct metrics *m, const void *thing)
{
	const uint64_t *told = output_receipts(thing);
	int i;

	for (i = 0; i < OWED_STATE_COUNT; i++)
		metrics_put_for(m, owed_state_names[i], (double)told[i]);
}

static const struct metric output_rows[] = {
	{ "streamer_output_info", METRIC_GAUGE, "channel",
	    "Always 1; the channel that the output sends.", channel },
	{ "streamer_output_state", METRIC_GAUGE, "state",
	    "1 for the state that the output is in, 0 for the others.", state },
	{ "streamer_output_wanted", METRIC_GAUGE, NULL,
	    "1 when it is to be on air, 0 when it was stopped or waits to be "
	    "started.",
	    wanted },
	{ "streamer_output_restarts_total", METRIC_COUNTER, NULL,
	    "Times that its ffmpeg was started again.", restarts },
	{ "streamer_output_ends_total", METRIC_COUNTER, "cause",
	    "Ends of its ffmpegs by their cause, but for those that were to "
	    "stop.",
	    ends },
	{ "streamer_output_on_backup", METRIC_GAUGE, NULL,
	    "1 while it is sent to its backup address.", on_backup },
	{ "streamer_output_backoff_seconds", METRIC_GAUGE, NULL,
	    "Length of the wait that is on; 0 when none is.", backoff },
	{ "streamer_output_uptime_seconds", METRIC_GAUGE, NULL,
	    "Since when sound flows; 0 while none does.", on_air },
	{ "streamer_output_sent_seconds", METRIC_GAUGE, NULL,
	    "Sound that this run of ffmpeg, or the last one, has sent.", sent },
	{ "streamer_output_sent_age_seconds", METRIC_GAUGE, NULL,
	    "Time since that last grew; absent until it has.", sound_age },
	{ "streamer_output_speed_ratio", METRIC_GAUGE, NULL,
	    "Speed of the sending against real time; 0 while not told.",
	    speed },
	{ "streamer_output_bitrate_bytes_per_second", METRIC_GAUGE, NULL,
	    "Mean rate of it; 0 where ffmpeg does not tell (RTSP).", bitrate },
	{ "streamer_output_drops_total", METRIC_COUNTER, NULL,
	    "Times that sound was skipped because ffmpeg was too slow.",
	    drops },
	{ "streamer_output_listeners", METRIC_GAUGE, NULL,
	    "That its server says to have: of Icecast.", listeners },
	{ "streamer_output_picture", METRIC_GAUGE, NULL,
	    "1 while its picture is sent, 0 while it is not; of outputs with "
	    "one, as all that follow.",
	    picture },
	{ "streamer_output_encoder_info", METRIC_GAUGE, "encoder",
	    "Always 1; what encodes the picture that is sent.", encoder },
	{ "streamer_output_frames_total", METRIC_COUNTER, NULL,
	    "Frames that this run of ffmpeg, or the last one, has encoded.",
	    frames },
	{ "streamer_output_frames_age_seconds", METRIC_GAUGE, NULL,
	    "Time since there last were more of them; absent until there are.",
	    frames_age },
	{ "streamer_output_frames_duplicated_total", METRIC_COUNTER, NULL,
	    "Frames of all that repeat the one before, for none came in "
	    "time.",
	    duplicated },
	{ "streamer_output_frames_dropped_total", METRIC_COUNTER, NULL,
	    "Frames that came to that run and were left out.", dropped },
	{ "streamer_output_picture_ahead_seconds", METRIC_GAUGE, NULL,
	    "How far the picture's time stamps are ahead of the sound's where "
	    "the stream was last read back; absent until it was.",
	    picture_ahead },
	{ "streamer_output_heard_info", METRIC_GAUGE, "state",
	    "Always 1; what its listeners get. Of outputs with hear = yes, as "
	    "the next two.",
	    heard },
	{ "streamer_output_delay_seconds", METRIC_GAUGE, NULL,
	    "From a sample of its channel to the listener; absent until it is "
	    "known.",
	    heard_delay },
	{ "streamer_output_drop_outs_total", METRIC_COUNTER, NULL,
	    "Times that some of its sound was lacking at the listener, since "
	    "its ear began.",
	    drop_outs },
	{ "streamer_output_receipts_total", METRIC_COUNTER, "state",
	    "Receipts of announcements: one for each state that one came "
	    "to.",
	    receipts },
};

/* Skips outputs that are leaving: one may have a successor of the same name. */
static const struct output *
next(const struct supervisor *sv, const struct output *last)
{
	do
		last = outputs_next(&sv->outputs, last);
	while (last && outputs_leaves(&sv->outputs, last));
	return last;
}

static const void *
next_output(const void *all, const void *last, const char **name)
{
	const struct output *o = next(all, last);

	*name = o ? output_name(o) : "";
	return o;
}

/* ---- of a [video] that is shown ---------------------------------------- */

static void
put_told(struct metrics *m, const void *thing, const char *field)
{
	double value;

	if (picture_child_told(thing, field, &value))
		metrics_put(m, value);
}

static void
video_up(struct metrics *m, const void *thing)
{
	metrics_put(m, picture_child_state(thing) == PICTURE_SERVED);
}

static void
video_restarts(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)picture_child_restarts(thing));
}

static void
video_drawing(struct metrics *m, const void *thing)
{
	double ms;

	if (picture_child_told(thing, "drawing_ms", &ms))
		metrics_put(m, ms / 1000);
}

static void
video_readers(struct metrics *m, const void *thing)
{
	put_told(m, thing, "readers");
}

static void
video_frames(struct metrics *m, const void *thing)
{
	put_told(m, thing, "frames");
}

static void
video_repeated(struct metrics *m, const void *thing)
{
	put_told(m, thing, "repeated");
}

static void
video_lost(struct metrics *m, const void *thing)
{
	put_told(m, thing, "lost");
}

static void
video_pictures(struct metrics *m, const void *thing)
{
	put_told(m, thing, "pictures");
}

static void
video_late(struct metrics *m, const void *thing)
{
	put_told(m, thing, "late");
}

static void
video_skips(struct metrics *m, const void *thing)
{
	put_told(m, thing, "skips");
}

static void
video_source_state(struct metrics *m, const void *thing)
{
	const char *source = picture_child_condition(thing)->source, *name;
	int i;

	for (i = 0; i < CHILD_STATE_COUNT && source[0]; i++) {
		name = child_state_name((enum child_state)i);
		metrics_put_for(m, name, strcmp(name, source) == 0);
	}
}

static void
video_source_restarts(struct metrics *m, const void *thing)
{
	put_told(m, thing, "source_restarts");
}

static void
video_trouble(struct metrics *m, const void *thing)
{
	double frames;

	if (picture_child_told(thing, "frames", &frames))
		metrics_put(
		    m, picture_child_condition(thing)->trouble[0] != '\0');
}

static const struct metric video_rows[] = {
	{ "streamer_video_up", METRIC_GAUGE, NULL,
	    "1 while its stream of sound and picture is served, else 0.",
	    video_up },
	{ "streamer_video_restarts_total", METRIC_COUNTER, NULL,
	    "Times that its process was started again.", video_restarts },
	{ "streamer_video_readers", METRIC_GAUGE, NULL,
	    "Who reads the stream; this and what follows is absent until it "
	    "has told, and counts from the start of its process.",
	    video_readers },
	{ "streamer_video_frames_total", METRIC_COUNTER, NULL,
	    "Frames that were made.", video_frames },
	{ "streamer_video_frames_repeated_total", METRIC_COUNTER, NULL,
	    "Frames of those that were the same picture as the one before.",
	    video_repeated },
	{ "streamer_video_frames_lost_total", METRIC_COUNTER, NULL,
	    "Frames that readers did not get, for they were slow.",
	    video_lost },
	{ "streamer_video_skips_total", METRIC_COUNTER, NULL,
	    "Times that a slow reader was moved to the present, sound and all.",
	    video_skips },
	{ "streamer_video_pictures_total", METRIC_COUNTER, NULL,
	    "Pictures that came from its source or through the raw door.",
	    video_pictures },
	{ "streamer_video_pictures_late_total", METRIC_COUNTER, NULL,
	    "Pictures that came after the frame that they were meant for.",
	    video_late },
	{ "streamer_video_drawing_seconds", METRIC_GAUGE, NULL,
	    "Longest drawing of the last second, where it is drawn.",
	    video_drawing },
	{ "streamer_video_source_state", METRIC_GAUGE, "state",
	    "1 for the state that the child which makes its frames is in, 0 "
	    "for the others; absent where there is none.",
	    video_source_state },
	{ "streamer_video_source_restarts_total", METRIC_COUNTER, NULL,
	    "Times that this child was started again.", video_source_restarts },
	{ "streamer_video_trouble", METRIC_GAUGE, NULL,
	    "1 while what its painter draws is not shown as it is on disk, "
	    "else 0.",
	    video_trouble },
};

static const void *
next_video(const void *all, const void *last, const char **name)
{
	const struct supervisor *sv = all;
	const struct picture_child *c =
	    picture_keeper_next(&sv->pictures, last);

	*name = c ? picture_child_video(c) : "";
	return c;
}

const struct metric_group supervisor_metrics[] = {
	{ METRIC_GROUP(daemon_metrics) },
	{ METRIC_GROUP(output_rows), .label = "output", .next = next_output },
	{ METRIC_GROUP(video_rows), .label = "video", .next = next_video },
	{ 0 },
};

/* ---- is it ready? ----------------------------------------------------- */

int
supervisor_missing(const void *supervisor, struct buf *lines)
{
	const struct supervisor *sv = supervisor;
	const struct output *o;
	const char *error;
	int rc = 0;

	if (sv->ending)
		rc = buf_puts(lines, "streamer-supervisor is stopping\n");
	for (o = next(sv, NULL); o && rc == 0; o = next(sv, o)) {
		if (output_is_off(o) || output_state(o) == CHILD_RUNNING)
			continue;
		error = of(o).last_error;
		rc = buf_putf(lines, "output %s: %s%s%s\n", output_name(o),
		    child_state_name(output_state(o)), error[0] ? ": " : "",
		    error);
	}
	return rc;
}
