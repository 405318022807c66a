/* Guards what decides which picture is seen when, and what a reader that is
 * behind still gets: frames first are let go, never the sound. */
#include "tests/unit/test.h"

#include "common/err.h"
#include "streamer-supervisor/picture/backlog.h"
#include "streamer-supervisor/picture/composite.h"
#include "streamer-supervisor/picture/frames.h"
#include "streamer-supervisor/picture/intake.h"
#include "streamer-supervisor/picture/settled.h"

#define RATE 24000
#define FPS 25 /* 960 samples a frame */

static struct block *
marked(uint8_t mark)
{
	struct block *b = block_new(1);

	b->bytes[0] = mark;
	return b;
}

/* ---- blocks ----------------------------------------------------------- */

#define FRAME_BYTES (1280 * 720 * 3 / 2)

/* Each frame was memory that the system had to clear, page by page. */
static void
test_the_memory_of_a_frame_is_used_again(void **state)
{
	struct block *first = block_new(FRAME_BYTES), *other;

	(void)state;
	block_drop(block_hold(first));
	other = block_new(FRAME_BYTES);
	assert_ptr_not_equal(other, first);
	block_drop(first);
	assert_ptr_equal(block_new(FRAME_BYTES), first);
	assert_int_equal(first->holders, 1);
	/* Of another size it is not. */
	block_drop(first);
	first = block_new(FRAME_BYTES / 2);
	assert_int_equal(first->len, FRAME_BYTES / 2);
	block_drop(first);
	block_drop(other);
}

/* ---- frames ----------------------------------------------------------- */

static struct frames
begin(void)
{
	struct frames f = { .rate_hz = RATE, .fps = FPS };

	frames_show(&f, marked('a'));
	return f;
}

static void
test_the_last_picture_stays(void **state)
{
	struct frames f = begin();

	(void)state;
	assert_int_equal(frames_at(&f, 0)->bytes[0], 'a');
	assert_int_equal(frames_at(&f, 100)->bytes[0], 'a');
	frames_show(&f, marked('b'));
	assert_int_equal(frames_at(&f, 101)->bytes[0], 'b');
	frames_done(&f);
}

/* The nearest frame was once the next one, which made every flash late by half
 * a frame and more. */
static void
test_a_picture_is_seen_from_the_nearest_frame(void **state)
{
	struct frames f = begin();

	(void)state;
	frames_plan(&f, 960 * 7 + 479, marked('b'));
	frames_plan(&f, 960 * 9 + 481, marked('c'));
	assert_int_equal(frames_at(&f, 6)->bytes[0], 'a');
	assert_int_equal(frames_at(&f, 7)->bytes[0], 'b');
	assert_int_equal(frames_at(&f, 9)->bytes[0], 'b');
	assert_int_equal(frames_at(&f, 10)->bytes[0], 'c');
	frames_done(&f);
}

static void
test_pictures_come_in_any_order(void **state)
{
	struct frames f = begin();

	(void)state;
	frames_plan(&f, 960 * 5, marked('c'));
	frames_plan(&f, 960 * 3, marked('b'));
	assert_int_equal(frames_at(&f, 2)->bytes[0], 'a');
	assert_int_equal(frames_at(&f, 3)->bytes[0], 'b');
	assert_int_equal(frames_at(&f, 5)->bytes[0], 'c');
	/* Of two for one frame the later is seen. */
	frames_plan(&f, 960 * 8 + 100, marked('e'));
	frames_plan(&f, 960 * 8 - 100, marked('d'));
	assert_int_equal(frames_at(&f, 8)->bytes[0], 'e');
	frames_done(&f);
}

static void
test_so_many_wait_for_their_time(void **state)
{
	struct frames f = begin();
	unsigned i;

	(void)state;
	for (i = 0; i < FRAMES_DUE_MAX; i++) {
		assert_false(frames_is_full(&f));
		frames_plan(&f, 960 * i, marked('b'));
	}
	assert_true(frames_is_full(&f));
	frames_at(&f, 0);
	assert_false(frames_is_full(&f));
	frames_forget(&f);
	assert_int_equal(f.due_count, 0);
	frames_done(&f);
}

/* ---- backlog ---------------------------------------------------------- */

static struct backlog backlog;

static void
put(enum matroska_track track, unsigned n)
{
	while (n-- > 0)
		backlog_put(&backlog, track, backlog.end * 10, marked('x'));
}

static void
test_frames_are_let_go_before_sound(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < BACKLOG_FRAMES + 3; i++) {
		put(MATROSKA_SOUND, 1);
		put(MATROSKA_PICTURE, 1);
	}
	for (i = 0; i < backlog.end; i++) {
		const struct piece *p = backlog_at(&backlog, i);

		assert_non_null(p);
		assert_int_equal(p->sample, i * 10);
		assert_int_equal(p->block == NULL,
		    p->track == MATROSKA_PICTURE && i < 2 * 3);
	}
	backlog_clear(&backlog);
}

static void
test_what_is_far_behind_is_gone(void **state)
{
	(void)state;
	put(MATROSKA_PICTURE, 2);
	put(MATROSKA_SOUND, BACKLOG_PIECES);
	assert_null(backlog_at(&backlog, 1));
	assert_non_null(backlog_at(&backlog, 2));
	/* Frames whose place others took long ago are let go of once. */
	put(MATROSKA_PICTURE, 2 * BACKLOG_FRAMES);
	assert_non_null(backlog_at(&backlog, backlog.end - 1)->block);
	backlog_clear(&backlog);
}

/* ---- intake ----------------------------------------------------------- */

#define HEADER "YUV4MPEG2 W4 H2 F25:1 C420jpeg\n"

static char seen[8];
static size_t seen_count, seen_max;
static int64_t seen_sample;

static bool
see(void *arg, struct block *b, const struct y4m *y)
{
	(void)arg;
	assert_int_equal(b->len, 12);
	seen[seen_count++] = (char)b->bytes[11];
	seen_sample = y4m_parameter(y, "sample", -1);
	block_drop(b);
	return seen_count < seen_max;
}

static int
feed(struct intake *in, const char *text)
{
	return intake_feed(in, (const uint8_t *)text, strlen(text));
}

static void
test_each_frame_has_a_block(void **state)
{
	struct intake in;

	(void)state;
	seen_count = 0;
	seen_max = sizeof(seen);
	intake_init(&in, 4, 2, see, NULL);
	assert_int_equal(feed(&in, HEADER "FRAME\n12345678901aFRA"), 0);
	assert_int_equal(feed(&in, "ME Xsample=77\n12345678901bFRAME\n1"), 0);
	assert_int_equal(seen_count, 2);
	assert_memory_equal(seen, "ab", 2);
	assert_int_equal(seen_sample, 77);
	/* A stream that begins anew brings its own header. */
	intake_begin(&in);
	assert_int_equal(feed(&in, HEADER "FRAME\n12345678901c"), 0);
	assert_int_equal(seen[2], 'c');
	assert_int_equal(feed(&in, "FRANK\n"), ERR_INVALID);
	intake_done(&in);
}

/* Pixels that are in memory both have: a frame is its line. One that was
 * written over before it was taken is left out, for a later one follows; and
 * what never was written, as by a painter that lies, is no frame. */
static void
test_frames_in_shared_memory(void **state)
{
	_Alignas(64) uint8_t memory[256] = { 0 };
	struct two_frames window = { .memory = memory, .frame_bytes = 12 };
	struct intake in;

	(void)state;
	assert_true(two_frames_size(12) <= sizeof(memory));
	seen_count = 0;
	seen_max = sizeof(seen);
	intake_init(&in, 4, 2, see, NULL);
	in.window = &window;
	intake_begin(&in);
	assert_int_equal(
	    two_frames_write(&window, (const uint8_t *)"12345678901a"), 1);
	assert_int_equal(feed(&in, HEADER "FRAME Xframe=1\nFRAME Xfr"), 0);
	assert_int_equal(seen_count, 1);
	two_frames_write(&window, (const uint8_t *)"12345678901b");
	two_frames_write(&window, (const uint8_t *)"12345678901c");
	two_frames_write(&window, (const uint8_t *)"12345678901d");
	assert_int_equal(feed(&in, "ame=2\nFRAME Xframe=3\n"
				   "FRAME Xsample=77 Xframe=4\n"
				   "FRAME\nFRAME Xframe=9\nFRAME Xframe=-1\n"),
	    0);
	assert_int_equal(seen_count, 3);
	assert_memory_equal(seen, "acd", 3);
	assert_int_equal(feed(&in, "12345678901a"), 0);
	assert_int_equal(feed(&in, "\n"), ERR_INVALID);
	intake_done(&in);
}

/* Of small frames many come in one piece; those for which there was no room
 * were lost. */
static void
test_no_more_than_the_receiver_takes(void **state)
{
	static const char two[] = "FRAME\n12345678901aFRAME\n12345678901b";
	struct intake in;

	(void)state;
	seen_count = 0;
	seen_max = 1;
	intake_init(&in, 4, 2, see, NULL);
	feed(&in, HEADER);
	assert_int_equal(feed(&in, two), 0);
	assert_int_equal(seen_count, 1);
	assert_true(in.held_up);
	/* What waits has a bound. */
	while (feed(&in, two) == 0)
		;
	assert_int_equal(seen_count, 1);
	seen_max = 2;
	assert_int_equal(intake_go_on(&in), 0);
	assert_memory_equal(seen, "ab", 2);
	assert_true(in.held_up);
	intake_done(&in);
}

/* ---- what the sound had come up to ------------------------------------- */

#define MS INT64_C(1000000)

static void
test_what_had_come_some_time_ago(void **state)
{
	struct settled s = { 0 };
	int64_t ms;

	(void)state;
	settled_begin(&s, 7000);
	assert_int_equal(settled_since(&s, 0), 7000);
	for (ms = 0; ms <= 1000; ms += 10)
		settled_note(&s, ms * MS, (uint64_t)(7000 + 24 * ms));
	/* It was last looked for at 990. */
	assert_int_equal(settled_since(&s, 0), 7000 + 24 * 990);
	assert_int_equal(settled_since(&s, 55 * MS), 7000 + 24 * 930);
	assert_int_equal(settled_since(&s, SETTLED_MAX_NS), 7000 + 24 * 750);
}

/* After a standstill all its frames were sealed at once, before what was told
 * meanwhile had been read. */
static void
test_what_comes_in_one_lump_has_just_come(void **state)
{
	struct settled s = { 0 };

	(void)state;
	settled_begin(&s, 0);
	settled_note(&s, 0, 240);
	settled_note(&s, 10 * MS, 480);
	/* A standstill; its sound comes in two pieces. */
	settled_note(&s, 500 * MS, 12000);
	settled_note(&s, 500 * MS + 1, 12240);
	assert_int_equal(settled_since(&s, 0), 480);
	assert_int_equal(settled_since(&s, 5 * MS), 240);
	settled_note(&s, 510 * MS, 12480);
	assert_int_equal(settled_since(&s, 0), 12000);
	assert_int_equal(settled_since(&s, 5 * MS), 480);
	settled_note(&s, 520 * MS, 12720);
	assert_int_equal(settled_since(&s, 0), 12480);
}

/* ---- what is laid over -------------------------------------------------- */

/* Of one colour, and an overlay that hides the left half of a frame of 4x2. */
static struct block *
plain(uint8_t luma)
{
	struct block *b = block_new(12);

	memset(b->bytes, luma, 8);
	memset(b->bytes + 8, 128, 4);
	return b;
}

static struct block *
left_half(uint8_t luma)
{
	struct block *b = block_new(24);
	uint8_t *y = b->bytes, *u = y + 16, *v = u + 4;

	memset(b->bytes, 0, b->len);
	y[0] = y[1] = y[4] = y[5] = luma;
	y[8] = y[9] = y[12] = y[13] = 255;
	u[0] = v[0] = 128;
	u[2] = v[2] = 255;
	return b;
}

static void
test_an_overlay_is_laid_over_each_picture(void **state)
{
	struct composite c = { .width = 4, .height = 2 };
	struct block *seen_block;

	(void)state;
	c.base.rate_hz = c.over.rate_hz = 100;
	c.base.fps = c.over.fps = 10;
	frames_show(&c.base, plain(50));
	seen_block = composite_at(&c, 0);
	assert_ptr_equal(seen_block, c.base.shown);
	assert_true(c.is_new);
	frames_plan(&c.over, 20, left_half(200));
	composite_at(&c, 1);
	assert_false(c.is_new);
	seen_block = composite_at(&c, 2);
	assert_true(c.is_new);
	assert_int_equal(seen_block->bytes[0], 200);
	assert_int_equal(seen_block->bytes[3], 50);
	assert_int_equal(seen_block->len, 12);
	assert_ptr_equal(composite_at(&c, 3), seen_block);
	assert_false(c.is_new);
	frames_show(&c.base, plain(60));
	seen_block = composite_at(&c, 4);
	assert_int_equal(seen_block->bytes[0], 200);
	assert_int_equal(seen_block->bytes[3], 60);
	composite_done(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_memory_of_a_frame_is_used_again),
		cmocka_unit_test(test_the_last_picture_stays),
		cmocka_unit_test(test_a_picture_is_seen_from_the_nearest_frame),
		cmocka_unit_test(test_pictures_come_in_any_order),
		cmocka_unit_test(test_so_many_wait_for_their_time),
		cmocka_unit_test(test_frames_are_let_go_before_sound),
		cmocka_unit_test(test_what_is_far_behind_is_gone),
		cmocka_unit_test(test_each_frame_has_a_block),
		cmocka_unit_test(test_frames_in_shared_memory),
		cmocka_unit_test(test_no_more_than_the_receiver_takes),
		cmocka_unit_test(test_an_overlay_is_laid_over_each_picture),
		cmocka_unit_test(test_what_had_come_some_time_ago),
		cmocka_unit_test(test_what_comes_in_one_lump_has_just_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
