#include "tests/sim/encoder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/list.h"
#include "streamer-supervisor/ffmpeg/tee.h"
#include "tests/sim/easels.h"
#include "tests/sim/keepers.h"
#include "tests/sim/listeners.h"
#include "tests/sim/scribes.h"
#include "tests/unit/test.h"

#define CHATTER_LINES 3000
/* A process that can't be killed can be after all, so long afterwards. */
#define STUCK_NS (3 * NS_PER_S)
#define SIGSEGV_NUMBER 11
#define SIGKILL_NUMBER 9

struct encoder {
	struct encoder *next;
	struct process *process;
	struct timer *timer;
	enum mishap mishap;
	unsigned beats, mishap_at;
	uint64_t frames; /* of a picture */
	bool frozen;
	bool ending;
	bool waits; /* for a player */
};

static struct {
	struct encoder *all;
	size_t started;
	const char *part;
	enum mishap mishap;
	unsigned times, beats;
	struct rng rng;
	unsigned percent;
	const char *lacking;
	const char *working, *hanging;
	size_t tried;
	bool missing, unreadable, dark, dumb, unmoved;
	int apart_ms;
	const char *answer;
	int code;
	int64_t after_ns;
} studio;

static const char *const mishap_texts[] = {
#define X(name, text) [MISHAP_##name] = text,
	MISHAPS(X)
#undef X
};

const char *
mishap_text(enum mishap mishap)
{
	return mishap_texts[mishap];
}

/* ---- what it is asked to be -------------------------------------------- */

static enum mishap
choose_mishap(const struct process *p)
{
	if (studio.times > 0 &&
	    (studio.part == NULL || proc_is_told(p, studio.part))) {
		studio.times--;
		return studio.mishap;
	}
	if (studio.percent == 0 ||
	    rng_below(&studio.rng, 100) >= studio.percent)
		return MISHAP_NONE;
	return (enum mishap)rng_below(&studio.rng, MISHAP_COUNT);
}

static struct encoder *
encoder_new(struct process *p, void (*fn)(void *arg))
{
	struct encoder *e = calloc(1, sizeof(*e));

	e->process = p;
	timer_new(NULL, TIMER_COARSE, fn, e, &e->timer);
	e->next = studio.all;
	studio.all = e;
	return e;
}

static void
encoder_freed(void *self, struct process *p)
{
	struct encoder *e = self;

	(void)p;
	LIST_REMOVE(studio.all, e);
	timer_free(e->timer);
	free(e);
}

static void
encoder_later(struct encoder *e, int64_t ns)
{
	timer_at(e->timer, clock_now_ns() + ns);
}

/* ---- sending ----------------------------------------------------------- */

static void
say(struct encoder *e, const char *line)
{
	peer_puts(proc_err(e->process), line);
}

static void
encoder_exit(struct encoder *e, const char *line, int code)
{
	say(e, line);
	timer_at(e->timer, INT64_MAX);
	proc_exit(e->process, code);
}

/* Tells of the packets that a reading of a picture saw in a beat. */
static void
tell_packets(struct encoder *e)
{
	unsigned ms = e->beats * 200;
	char lines[256];

	if (!proc_is_told(e->process, "framecrc"))
		return;
	if (!e->frozen) {
		snprintf(lines, sizeof(lines),
		    "#tb 0: 1/1000\n0, %u, %u, 40, 9, 0x1\n",
		    ms + (unsigned)studio.apart_ms,
		    ms + (unsigned)studio.apart_ms);
		peer_puts(proc_out(e->process), lines);
	}
	if (!studio.dumb) {
		snprintf(lines, sizeof(lines),
		    "#tb 1: 1/1000\n1, %u, %u, 20, 9, 0x1\n", ms, ms);
		peer_puts(proc_out(e->process), lines);
	}
}

static void
encoder_beat(struct encoder *e)
{
	char block[128];

	e->beats++;
	if (!e->frozen && (proc_is_told(e->process, "matroska") ||
			      proc_is_told(e->process, "0:v")))
		e->frames += 5;
	snprintf(block, sizeof(block),
	    "frame=%" PRIu64 "\ndup_frames=1\ndrop_frames=2\nbitrate=  "
	    "64.0kbits/s\nout_time_us=%" PRIu64 "\nspeed=1.0x\n"
	    "progress=continue\n",
	    e->frames, e->beats * UINT64_C(200000));
	tell_packets(e);
	peer_puts(proc_out(e->process), block);
	encoder_later(e, ENCODER_BEAT_NS);
}

static void
encoder_chatter(struct encoder *e)
{
	int i;

	for (i = 0; i < CHATTER_LINES; i++)
		say(e, "[aac @ 0x1] [error] Queue input is backward in time\n");
	encoder_beat(e);
}

/* Plays a mishap that comes before anything was sent. */
static void
encoder_fail_early(struct encoder *e)
{
	switch (e->mishap) {
	case MISHAP_FAILS:
		encoder_exit(e,
		    "[tcp @ 0x1] [error] Connection to tcp://h:1 failed: "
		    "Connection refused\n[error] rtmp://h/live/SECRETKEY: "
		    "Connection refused\n",
		    1);
		break;
	case MISHAP_REFUSED:
		encoder_exit(e,
		    "[rtsp @ 0x1] [error] method ANNOUNCE failed: 401 "
		    "Unauthorized\n",
		    1);
		break;
	case MISHAP_NO_PLAYER:
		encoder_exit(
		    e, "[error] rtmp://h/live/a: Input/output error\n", 1);
		break;
	case MISHAP_MUTE:
		encoder_exit(e, "", 1);
		break;
	default: /* silent */
		break;
	}
}

static void
encoder_fail_late(struct encoder *e)
{
	const struct connection stuck = { .unacknowledged = 9999,
		.stuck = true };

	switch (e->mishap) {
	case MISHAP_DIES:
		proc_die(e->process, SIGSEGV_NUMBER);
		break;
	case MISHAP_ENDS:
		encoder_exit(e, "", 0);
		break;
	case MISHAP_BREAKS:
		encoder_exit(e,
		    "[error] av_interleaved_write_frame(): Broken pipe\n", 1);
		break;
	case MISHAP_UNACKED:
		proc_set_connections(e->process, &stuck, 1);
		encoder_beat(e);
		break;
	case MISHAP_FREEZES:
		e->frozen = true;
		encoder_beat(e);
		break;
	case MISHAP_LOSES:
		say(e, "[tee @ 0x1] [error] Slave muxer #0 failed: Broken "
		       "pipe, continuing with 1/2 slaves.\n");
		e->mishap = MISHAP_NONE;
		encoder_beat(e);
		break;
	case MISHAP_CHATTERS:
		encoder_chatter(e);
		break;
	case MISHAP_STUCK:
		proc_set_stuck(e->process, true);
		encoder_later(e, STUCK_NS);
		e->mishap = MISHAP_STALLS;
		break;
	default: /* stands still */
		proc_set_stuck(e->process, false);
		break;
	}
}

static void
encoder_live(void *arg)
{
	struct encoder *e = arg;

	if (e->ending)
		encoder_exit(
		    e, "[info] Exiting normally, received signal 2.\n", 255);
	else if (e->mishap == MISHAP_NONE ||
		 (e->mishap >= MISHAP_STALLS && e->beats < e->mishap_at))
		encoder_beat(e);
	else if (e->mishap < MISHAP_STALLS)
		encoder_fail_early(e);
	else
		encoder_fail_late(e);
}

static void
encoder_interrupted(void *self, struct process *p)
{
	struct encoder *e = self;

	(void)p;
	if (e->mishap == MISHAP_STUBBORN)
		return;
	e->ending = true;
	encoder_later(e, ENCODER_END_NS);
}

static void
encoder_killed(void *self, struct process *p)
{
	struct encoder *e = self;

	timer_at(e->timer, INT64_MAX);
	proc_die(p, SIGKILL_NUMBER);
}

/* A slave is known by its receive buffer (tee.h). */
static bool
encoder_cut(void *self, int receive_bytes)
{
	struct encoder *e = self;
	char text[96];

	snprintf(text, sizeof(text), "recv_buffer_size=%d:", receive_bytes);
	if (!proc_is_told(e->process, text))
		return false;
	snprintf(text, sizeof(text),
	    "[tee @ 0x1] [error] Slave muxer #%d failed: Broken pipe, "
	    "continuing with 1/2 slaves.\n",
	    (receive_bytes - tee_mark(0)) / 2);
	if (!studio.unmoved)
		say(e, text);
	return true;
}

static const struct fake_program encoder_program = {
	.interrupted = encoder_interrupted,
	.killed = encoder_killed,
	.cut = encoder_cut,
	.freed = encoder_freed,
};

static int
start_encoder(struct process *p)
{
	enum mishap mishap = choose_mishap(p);
	struct encoder *e;

	if (studio.missing || mishap == MISHAP_CANNOT_RUN) {
		proc_cannot_run(p, ERR_NOT_FOUND);
		return 0;
	}
	if (mishap == MISHAP_NO_SPAWN)
		return ERR_NO_FILES;
	studio.started++;
	e = encoder_new(p, encoder_live);
	e->mishap = mishap;
	e->mishap_at = studio.beats;
	e->waits = proc_is_told(p, "-listen");
	proc_set_program(p, &encoder_program, e);
	if (!e->waits || (mishap && mishap < MISHAP_STALLS))
		encoder_later(e, ENCODER_BEAT_NS);
	return 0;
}

/* ---- reading back ------------------------------------------------------ */

static void
reading_live(void *arg)
{
	struct encoder *e = arg;

	if (studio.unreadable)
		encoder_exit(e, "[error] rtmp://h/live/a: End of file\n", 1);
	else
		encoder_beat(e);
}

static int
start_reading(struct process *p)
{
	struct encoder *e = encoder_new(p, reading_live);

	proc_set_program(p, &encoder_program, e);
	e->mishap = MISHAP_STUBBORN; /* it is no sender */
	e->frozen = studio.dark;
	encoder_later(e, ENCODER_BEAT_NS);
	return 0;
}

/* ---- what it can do ---------------------------------------------------- */

static int
answer_question(struct process *p)
{
	static const char *const names[] = { "file", "rtmp", "rtmps", "rtp",
		"tls", "srt", "rist", "udp", "icecast", "http", "https", "flv",
		"rtsp", "mpegts", "hls", "dash", "segment", "mp3", "ogg", "tee",
		"aac", "libopus", "libmp3lame", "libvorbis", "pcm_s16be",
		"pcm_s16le", "pcm_mulaw", "libx264", "h264_nvenc", "h264_vaapi",
		"h264_qsv", "h264_v4l2m2m", "matroska" };
	char line[64];
	size_t i;

	if (studio.missing) {
		proc_cannot_run(p, ERR_NOT_FOUND);
		return 0;
	}
	peer_puts(proc_err(p), "ffmpeg version 5.1.9-0+deb12u1 Copyright\n");
	for (i = 0; i < COUNT_OF(names); i++) {
		if (studio.lacking && strcmp(names[i], studio.lacking) == 0)
			continue;
		snprintf(line, sizeof(line), " E %s  it\n", names[i]);
		peer_puts(proc_out(p), line);
	}
	proc_exit(p, 0);
	return 0;
}

/* ---- one frame ---------------------------------------------------------- */

static int
start_trial(struct process *p)
{
	studio.tried++;
	if (studio.hanging && proc_is_told(p, studio.hanging)) {
		proc_set_stuck(p, true);
	} else if (studio.working && proc_is_told(p, studio.working)) {
		peer_puts(proc_out(p), "frame");
		proc_exit(p, 0);
	} else {
		peer_puts(proc_err(p), "[enc @ 0x1] No such device\nmore\n");
		proc_exit(p, 1);
	}
	return 0;
}

/* ---- addresses --------------------------------------------------------- */

static void
asked_live(void *arg)
{
	struct encoder *e = arg;

	peer_puts(proc_out(e->process), studio.answer);
	if (studio.code)
		say(e, studio.answer);
	proc_exit(e->process, studio.code);
}

static int
start_asked(struct process *p)
{
	struct encoder *e = encoder_new(p, asked_live);

	proc_set_program(p, &encoder_program, e);
	e->mishap = MISHAP_STUBBORN;
	if (studio.after_ns != INT64_MAX)
		encoder_later(e, studio.after_ns);
	return 0;
}

static int
spawned(void *arg, struct process *p)
{
	const char *const *argv = proc_argv(p);

	(void)arg;
	if (fake_reads_file(p))
		return 0;
	if (keepers_are(p))
		return keepers_spawned(p);
	if (listeners_are(p))
		return listeners_spawned(p);
	if (scribes_are(p))
		return scribes_spawned(p);
	if (easels_are(p))
		return easels_spawned(p);
	if (strcmp(argv[0], "/fake/ask") == 0 ||
	    strcmp(argv[0], "/fake/libexec/asker") == 0)
		return start_asked(p);
	if (argv[1] && argv[2] == NULL)
		return answer_question(p);
	if (proc_is_told(p, "lavfi"))
		return start_trial(p);
	return proc_is_told(p, "unix:") ? start_encoder(p) : start_reading(p);
}

/* ---- for the test ------------------------------------------------------ */

void
encoders_begin(void)
{
	memset(&studio, 0, sizeof(studio));
	studio.answer = "rtmp://asked/live/KEY\n";
	keepers_begin();
	listeners_begin();
	scribes_begin();
	easels_begin();
	fake_on_spawn(spawned, NULL);
}

void
encoders_mishap(
    const char *part, enum mishap mishap, unsigned times, unsigned beats)
{
	studio.part = part;
	studio.mishap = mishap;
	studio.times = times;
	studio.beats = beats;
}

void
encoders_chance(uint64_t seed, unsigned percent)
{
	studio.rng.state = seed;
	studio.percent = percent;
	studio.beats = 5;
}

static bool
is_sender(const struct encoder *e)
{
	return proc_is_told(e->process, "unix:") && !proc_has_ended(e->process);
}

static struct encoder *
encoder_of(const char *part)
{
	struct encoder *e = studio.all;

	while (e && !(is_sender(e) && proc_is_told(e->process, part)))
		e = e->next;
	return e;
}

struct process *
encoders_find(const char *part)
{
	struct encoder *e = encoder_of(part);

	return e ? e->process : NULL;
}

size_t
encoders_living(void)
{
	const struct encoder *e;
	size_t n = 0;

	for (e = studio.all; e; e = e->next)
		n += is_sender(e);
	return n;
}

size_t
encoders_started(void)
{
	return studio.started;
}

void
encoders_play(const char *part)
{
	struct encoder *e = encoder_of(part);

	if (e && e->waits && !e->ending) {
		e->waits = false;
		encoder_later(e, ENCODER_BEAT_NS);
	}
}

void
encoders_cut(const char *part)
{
	struct encoder *e;

	while ((e = encoder_of(part)) != NULL)
		encoder_exit(e, "", 0);
}

void
encoders_lack(const char *name)
{
	studio.lacking = name;
}

void
encoders_missing(bool missing)
{
	studio.missing = missing;
}

void
encoders_hardware(const char *name)
{
	studio.working = name;
}

void
encoders_hang(const char *name)
{
	studio.hanging = name;
}

size_t
encoders_tried(void)
{
	return studio.tried;
}

void
encoders_readable(bool readable)
{
	studio.unreadable = !readable;
}

void
encoders_unmoved(bool unmoved)
{
	studio.unmoved = unmoved;
}

void
encoders_dumb(bool dumb)
{
	studio.dumb = dumb;
}

void
encoders_apart(int ms)
{
	studio.apart_ms = ms;
}

void
encoders_dark(bool dark)
{
	studio.dark = dark;
}

void
encoders_answer(const char *text, int code, int64_t after_ns)
{
	studio.answer = text;
	studio.code = code;
	studio.after_ns = after_ns;
}
