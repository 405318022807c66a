#include "tests/sim/stage.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/le.h"
#include "common/picture/matroska.h"
#include "common/sound/wav.h"
#include "tests/unit/test.h"

#define AUDIO "/fake/main.sock"
#define CONTROL "/fake/control.sock"
#define TICKS_PER_FRAME (NS_PER_S / STAGE_FPS / MATROSKA_TICK_NS)

/* ---- ttsd ------------------------------------------------------------- */

void
stage_tell(struct stage *st, const char *event)
{
	char line[512], *p;

	snprintf(line, sizeof(line), "%s\n", event);
	for (p = line; *p; p++)
		if (*p == '\'')
			*p = '"';
	if (st->told)
		peer_puts(st->told, line);
}

static bool
is_refused(struct stage *st, const char *line)
{
	if (strstr(line, "\"lead_ms\":0"))
		return st->refuses && st->refuses--;
	return st->refuses_leads;
}

static void
answer_subscription(struct stage *st, const char *line)
{
	snprintf(st->asked, sizeof(st->asked), "%.511s", line);
	st->subscribed = !st->says_nothing && !is_refused(st, line);
	stage_tell(st, st->subscribed ? "{'ok':true}"
				      : "{'ok':false,'message':'no room'}");
}

static void
link_data(void *arg, const uint8_t *data, size_t len)
{
	char text[2048], *line = text, *end;

	assert_true(len < sizeof(text));
	memcpy(text, data, len);
	text[len] = '\0';
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		if (strstr(line, "\"subscribe\""))
			answer_subscription(arg, line);
	}
}

static void
link_ended(void *arg, int err)
{
	(void)arg;
	(void)err;
}

static const struct stream_events asked_events = { .data = link_data,
	.ended = link_ended };

static void
link_accepted(void *arg, struct stream *peer)
{
	struct stage *st = arg;

	st->told = peer;
	stream_set_owner(peer, &asked_events, st);
}

static void
audio_accepted(void *arg, struct stream *peer)
{
	struct stage *st = arg;
	uint8_t header[WAV_HEADER_BYTES];
	char joined[128];

	st->sound = peer;
	st->sent = 0;
	wav_header(header, STAGE_RATE, 1);
	peer_write(peer, header, sizeof(header));
	snprintf(joined, sizeof(joined),
	    "{'event':'subscriber','state':'joined','pid':%lld,"
	    "'first_sample':%d}",
	    (long long)process_own_pid(), STAGE_FIRST);
	if (st->subscribed)
		stage_tell(st, joined);
}

void
stage_sound_alone(struct stage *st)
{
	fake_listen(AUDIO, audio_accepted, st);
	fake_settle();
}

void
stage_ttsd(struct stage *st, bool up)
{
	fake_listen(CONTROL, up ? link_accepted : NULL, st);
	fake_listen(AUDIO, up ? audio_accepted : NULL, st);
	if (!up) {
		peer_close(st->told);
		peer_close(st->sound);
		st->told = st->sound = NULL;
		st->subscribed = false;
	}
	fake_settle();
}

/* Louder and softer, ten times a second. */
int16_t
stage_sample(uint64_t n)
{
	return (int16_t)((n * 7919 % 30011) >> n / (STAGE_RATE / 10) % 4);
}

static void
send_sound(struct stage *st, unsigned ms)
{
	uint8_t data[2 * STAGE_RATE * STAGE_STEP_MS / 1000];
	unsigned n = STAGE_RATE * ms / 1000, i;

	for (i = 0; i < n; i++)
		le16_put(data + 2 * i, (uint16_t)stage_sample(st->sent + i));
	peer_write(st->sound, data, 2 * n);
	st->sent += n;
}

void
stage_run(struct stage *st, unsigned ms)
{
	for (; ms >= STAGE_STEP_MS; ms -= STAGE_STEP_MS) {
		if (st->sound && peer_ended(st->sound))
			st->sound = NULL;
		if (st->sound)
			send_sound(st, STAGE_STEP_MS);
		fake_run(STAGE_STEP_MS * NS_PER_MS);
	}
}

/* ---- frames ----------------------------------------------------------- */

void
stage_header(struct stream *to, unsigned side)
{
	char line[64];

	snprintf(line, sizeof(line), "YUV4MPEG2 W%u H%u F%d:1 C420jpeg\n", side,
	    side, STAGE_FPS);
	peer_puts(to, line);
}

void
stage_frame(struct stream *to, uint8_t luma, const char *parameter)
{
	uint8_t frame[STAGE_FRAME_BYTES];

	memset(frame, luma, sizeof(frame));
	peer_puts(to, "FRAME");
	peer_puts(to, parameter);
	peer_puts(to, "\n");
	peer_write(to, frame, sizeof(frame));
}

static void
source_freed(void *self, struct process *p)
{
	struct stage *st = self;

	if (st->source == p)
		st->source = NULL;
	if (st->lookout == p)
		st->lookout = NULL;
}

static const struct fake_program source_program = { .freed = source_freed };

static int
spawned(void *arg, struct process *p)
{
	struct stage *st = arg;

	proc_set_program(p, &source_program, st);
	if (proc_is_told(p, "--changed-since")) {
		st->lookout = p;
		return 0;
	}
	st->source = p;
	st->spawned++;
	return 0;
}

/* ---- the whole -------------------------------------------------------- */

void
stage_begin(struct stage *st, void (*change)(struct stage *st))
{
	*st = (struct stage){ .settings = {
				  .socket = STAGE_SOCKET,
				  .audio = AUDIO,
				  .control = CONTROL,
				  .channel = "main",
				  .width = STAGE_SIDE,
				  .height = STAGE_SIDE,
				  .fps = STAGE_FPS,
				  .lag_max_ns = 500 * NS_PER_MS,
			      } };
	fake_begin(1);
	fake_on_spawn(spawned, st);
	if (change)
		change(st);
	fake_enter();
	assert_int_equal(loop_new(&st->loop), 0);
	assert_int_equal(picture_new(st->loop, &st->settings, &st->picture), 0);
	fake_leave();
	stage_ttsd(st, true);
	fake_run(NS_PER_S);
}

void
stage_end(struct stage *st)
{
	fake_enter();
	picture_free(st->picture);
	loop_free(st->loop);
	fake_leave();
	assert_int_equal(fake_streams(), 0);
	assert_int_equal(proc_living(), 0);
	fake_end();
}

/* ---- viewers ---------------------------------------------------------- */

void
viewer_open(struct viewer *v)
{
	*v = (struct viewer){ .peer = peer_connect(STAGE_SOCKET),
		.is_exact = true,
		.is_steady = true };
	assert_non_null(v->peer);
	fake_settle();
}

void
viewer_close(struct viewer *v)
{
	peer_close(v->peer);
	fake_settle();
}

/* Returns the number that so many bytes are, the highest first. */
static uint64_t
number_at(const uint8_t *p, size_t bytes)
{
	uint64_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | *p++;
	return n;
}

static bool
is_sound_from(const uint8_t *data, size_t samples, uint64_t from)
{
	size_t i;

	for (i = 0; i < samples; i++)
		if ((int16_t)le16_get(data + 2 * i) != stage_sample(from + i))
			return false;
	return true;
}

static void
take_sound(struct viewer *v, const uint8_t *data, size_t len)
{
	/* The first piece says which samples they are. */
	if (v->samples == 0)
		while (!is_sound_from(data, len / 2, v->origin))
			v->origin++;
	if (!is_sound_from(data, len / 2, v->origin + v->samples))
		v->is_exact = false;
	v->samples += len / 2;
}

static void
take_picture(struct viewer *v, const uint8_t *data, size_t len, uint64_t tick)
{
	assert_int_equal(len, STAGE_FRAME_BYTES);
	if (v->pictures > 0 && tick != v->tick + TICKS_PER_FRAME)
		v->is_steady = false;
	v->changes += v->pictures > 0 && v->luma != data[0];
	v->luma = data[0];
	v->tick = tick;
	v->pictures++;
}

/* Takes one block. Returns how many bytes it had; 0: it is not whole. */
static size_t
take_block(struct viewer *v, const uint8_t *p, size_t len)
{
	uint8_t head[MATROSKA_BLOCK_BYTES];
	uint64_t tick;
	size_t size;
	int track;

	if (len < sizeof(head))
		return 0;
	size = (number_at(p + 4, 4) & 0x0fffffff) + 8 - sizeof(head);
	tick = number_at(p + 10, 8);
	track = p[23] & 0x7f;
	matroska_block(head, track, 0, STAGE_RATE, size);
	assert_memory_equal(p, head, 10);
	assert_memory_equal(p + 18, head + 18, sizeof(head) - 18);
	if (len < sizeof(head) + size)
		return 0;
	if (track == MATROSKA_SOUND)
		take_sound(v, p + sizeof(head), size);
	else
		take_picture(v, p + sizeof(head), size, tick);
	return sizeof(head) + size;
}

static size_t
take_header(const uint8_t *p, size_t len)
{
	const struct matroska_format f = { STAGE_RATE, 1, STAGE_SIDE,
		STAGE_SIDE, STAGE_FPS };
	uint8_t header[MATROSKA_HEADER_MAX];
	size_t size = matroska_header(header, &f);

	if (len < size)
		return 0;
	assert_memory_equal(p, header, size);
	return size;
}

void
viewer_look(struct viewer *v)
{
	size_t n;

	for (;;) {
		n = v->begun
			? take_block(v, peer_data(v->peer), peer_len(v->peer))
			: take_header(peer_data(v->peer), peer_len(v->peer));
		if (n == 0)
			return;
		v->begun = true;
		peer_take(v->peer, n);
		fake_settle();
	}
}
