/*
 * A keeper of files on a disk in memory: what was recorded is never written
 * over and is on the disk a second later, no segment is left behind, and a
 * place that takes nothing is told in words. The test plays ffmpeg.
 */
#include "tests/unit/test.h"

#include <unistd.h>

#include "common/err.h"
#include "streamer-supervisor/keeper/keeper.h"
#include "tests/fake/fake.h"

/* Longer than the keeper's path buffers, with what is put behind it. */
#define LONG_NAME (PLATFORM_PATH_MAX - 2)

/* ---- a keeper at work --------------------------------------------------- */

/* What ffmpeg does half a second before the keeper's look of that number, from
 * 1 on: a file holds this text. */
struct deed {
	int look;
	const char *path, *text;
};

struct play {
	struct timer *timer;
	int look, looks; /* the next one, and how many there are */
	void (*act)(struct play *p);
	const struct deed *deeds; /* a path NULL ends them */
	int64_t before_ns;
};

static struct {
	char out[4096], err[16384];
	int status;
} told;

static void
play_on(void *arg)
{
	struct play *p = arg;

	if (p->look > p->looks) {
		fake_signal(NULL, LOOP_RELOAD); /* it knows no such thing */
		fake_signal(NULL, LOOP_TERMINATE);
		return;
	}
	p->act(p);
	p->look++;
	p->before_ns += NS_PER_S;
	timer_at(p->timer, p->before_ns);
}

static void
act_deeds(struct play *p)
{
	const struct deed *d = p->deeds;

	for (; d && d->path; d++)
		if (d->look == p->look)
			fake_file(d->path, d->text, false);
}

/* Turns a descriptor into a file; returns the one that it was. */
static int
turn_away(int fd, FILE *to)
{
	int was = dup(fd);

	assert_true(was >= 0);
	assert_true(dup2(fileno(to), fd) >= 0);
	return was;
}

static void
turn_back(int fd, int was, FILE *from, char *text, size_t size)
{
	assert_true(dup2(was, fd) >= 0);
	close(was);
	rewind(from);
	text[fread(text, 1, size - 1, from)] = '\0';
	fclose(from);
}

/* Runs a keeper with these words until it has looked so often. */
static void
keeper_play(struct play *p, const char *const *words, int looks)
{
	FILE *out = tmpfile(), *err = tmpfile();
	int was_out, was_err, argc = 0;

	while (words[argc])
		argc++;
	p->look = 1;
	p->looks = looks;
	p->before_ns = clock_now_ns() + NS_PER_S / 2;
	timer_new(NULL, TIMER_PRECISE, play_on, p, &p->timer);
	timer_at(p->timer, p->before_ns);
	fflush(stdout);
	was_out = turn_away(STDOUT_FILENO, out);
	was_err = turn_away(STDERR_FILENO, err);
	told.status = keeper_run(argc, (char *const *)words);
	fflush(stdout);
	turn_back(STDOUT_FILENO, was_out, out, told.out, sizeof(told.out));
	turn_back(STDERR_FILENO, was_err, err, told.err, sizeof(told.err));
	timer_free(p->timer);
}

static void
keeper_watch(
    const char *kind, const char *path, const struct deed *deeds, int looks)
{
	const char *const words[] = { kind, path, NULL };
	struct play p = { .act = act_deeds, .deeds = deeds };

	keeper_play(&p, words, looks);
}

/* ---- recordings by the clock -------------------------------------------- */

/* ffmpeg was killed at minute 59, and its successor opened the file of that
 * hour afresh. */
static void
test_what_was_recorded_is_moved_aside(void **state)
{
	(void)state;
	fake_begin(1);
	fake_file("/rec/00.mp3", "third", false);
	fake_file("/rec/00.1.mp3", "first", false);
	fake_file("/rec/00.2.mp3", "second", false);
	keeper_watch(KEEPER_CLOCK, "/rec/%H.mp3", NULL, 0);
	assert_int_equal(told.status, 0);
	assert_string_equal(told.out, "ready 0\n");
	assert_string_equal(told.err, "");
	assert_null(fake_file_text("/rec/00.mp3"));
	assert_string_equal(fake_file_text("/rec/00.1.mp3"), "first");
	assert_string_equal(fake_file_text("/rec/00.2.mp3"), "second");
	assert_string_equal(fake_file_text("/rec/00.3.mp3"), "third");
	fake_end();
}

/* ffmpeg takes a name when it opens a file, a moment later: that may be the
 * next hour's. */
static void
test_the_names_of_the_next_seconds_are_free_too(void **state)
{
	(void)state;
	fake_begin(1);
	fake_set_utc(FAKE_START_UTC_MS + 3598 * 1000);
	fake_file("/rec/00.mp3", "midnight", false);
	fake_file("/rec/01.mp3", "one", false);
	fake_file("/rec/02.mp3", "two", false);
	keeper_watch(KEEPER_CLOCK, "/rec/%H.mp3", NULL, 0);
	assert_string_equal(fake_file_text("/rec/00.1.mp3"), "midnight");
	assert_string_equal(fake_file_text("/rec/01.1.mp3"), "one");
	assert_string_equal(fake_file_text("/rec/02.mp3"), "two");
	fake_end();
}

/* The ffmpeg of names that come again begins a file every second second. */
static void
act_seconds(struct play *p)
{
	int second = p->look / 2 * 2;
	char path[32];

	snprintf(path, sizeof(path), "/rec/%02d.mp3", second);
	if (fake_file_text(path) == NULL)
		fake_file(path, "new", false);
	else if (p->look % 2)
		fake_file(path, "new, and more", false);
}

/* With %S, %M or %H alone names come again, and the file of a minute, hour or
 * day ago was written over. */
static void
test_names_that_come_again(void **state)
{
	const char *const words[] = { KEEPER_CLOCK, "/rec/%S.mp3", NULL };
	struct play p = { .act = act_seconds };
	char path[32], old[32];
	int second;

	(void)state;
	fake_begin(1);
	for (second = 0; second < 60; second++) {
		snprintf(path, sizeof(path), "/rec/%02d.mp3", second);
		snprintf(old, sizeof(old), "old %d", second);
		fake_file(path, old, false);
	}
	keeper_play(&p, words, 50);
	for (second = 0; second < 60; second++) {
		snprintf(old, sizeof(old), "old %d", second);
		snprintf(path, sizeof(path), "/rec/%02d%s.mp3", second,
		    second < 54 ? ".1" : "");
		assert_string_equal(fake_file_text(path), old);
	}
	assert_string_equal(fake_file_text("/rec/10.mp3"), "new, and more");
	assert_null(strstr(told.err, "cannot be moved aside"));
	fake_end();
}

/* A name with no room for the number behind it: the recording is lost, and
 * somebody has to know. */
static void
test_what_cannot_be_moved_aside_is_told(void **state)
{
	char path[LONG_NAME + 1] = "/rec/";

	(void)state;
	fake_begin(1);
	memset(path + strlen(path), 'x', LONG_NAME - strlen(path));
	fake_file(path, "old", false);
	keeper_watch(KEEPER_CLOCK, path, NULL, 0);
	assert_int_equal(told.status, 0);
	assert_non_null(strstr(told.err, ": cannot be moved aside: "));
	assert_string_equal(fake_file_text(path), "old");
	fake_end();
}

/* ---- growth, and the disk ----------------------------------------------- */

/* After a power cut a recording of an hour had none of its last minutes: the
 * kernel had them. What grew is on the disk with the next look; what is done
 * is, once more, when the next one has begun. */
static void
test_recordings_reach_the_disk(void **state)
{
	static const struct deed deeds[] = {
		{ 1, "/rec/00-00-00.mp3", "a" },
		{ 2, "/rec/00-00-00.mp3", "aa" },
		/* It stands still for two looks. */
		{ 5, "/rec/00-00-00.mp3", "aaa" },
		/* Its last words come before the next look. */
		{ 6, "/rec/00-00-00.mp3", "aaaa" },
		{ 6, "/rec/00-00-05.mp3", "b" },
		{ 7, "/rec/00-00-05.mp3", "bb" },
		{ 0, NULL, NULL },
	};

	(void)state;
	fake_begin(1);
	fake_folder("/rec", 0);
	/* The keeper looks at the end of a second. */
	fake_set_utc(FAKE_START_UTC_MS - 100);
	keeper_watch(KEEPER_CLOCK, "/rec/%H-%M-%S.mp3", deeds, 8);
	assert_string_equal(
	    told.out, "ready 0\ngrown\ngrown\ngrown\ngrown\ngrown\n");
	assert_int_equal(fake_syncs("/rec/00-00-00.mp3"), 4);
	assert_int_equal(fake_syncs("/rec/00-00-05.mp3"), 2);
	fake_end();
}

/* Numbers began at 0 with every start, and 00000.mp3 was written over. */
static void
test_numbers_go_on_behind_what_is_there(void **state)
{
	static const struct deed deeds[] = {
		{ 1, "/rec/a-00008.mp3", "new" },
		{ 2, "/rec/a-00008.mp3", "new, more" },
		{ 4, "/rec/a-00009.mp3", "newer" },
		{ 0, NULL, NULL },
	};

	(void)state;
	fake_begin(1);
	fake_file("/rec/a-00000.mp3", "old", false);
	fake_file("/rec/a-00007.mp3", "old", false);
	fake_file("/rec/a-00099.wav", "another's", false);
	fake_file("/rec/b-00099.mp3", "another's", false);
	fake_file("/rec/old/a-00099.mp3", "another's", false);
	keeper_watch(KEEPER_NUMBERS, "/rec/a-%05d.mp3", deeds, 5);
	assert_int_equal(told.status, 0);
	assert_string_equal(told.out, "ready 8\ngrown\ngrown\ngrown\n");
	assert_int_equal(fake_syncs("/rec/a-00007.mp3"), 0);
	assert_int_equal(fake_syncs("/rec/a-00008.mp3"), 3);
	assert_int_equal(fake_syncs("/rec/a-00009.mp3"), 1);
	fake_end();
}

/* A recording that somebody removes has not grown, nor has one that somebody
 * cuts; the keeper goes on with what comes. */
static void
test_files_that_shrink_or_go(void **state)
{
	static const struct deed deeds[] = {
		{ 1, "/rec/0.mp3", "four" },
		{ 2, "/rec/0.mp3", "" },
		{ 3, "/rec/0.mp3", NULL },
		{ 4, "/rec/1.mp3", "next" },
		{ 0, NULL, NULL },
	};

	(void)state;
	fake_begin(1);
	fake_folder("/rec", 0);
	keeper_watch(KEEPER_NUMBERS, "/rec/%01d.mp3", deeds, 4);
	assert_string_equal(told.out, "ready 0\ngrown\ngrown\n");
	fake_end();
}

/* ---- segments ----------------------------------------------------------- */

#define LIST_OF(stem) \
	"#EXTM3U\n#EXTINF:2.0,\n" stem "7.ts\n#EXTINF:2.0,\n" stem "8.ts\n"

static bool
is_there(const char *path)
{
	return fake_file_text(path) != NULL;
}

/* Each restart left a segment that no list names, for ever. A player may be
 * about to ask for the one before the first. */
static void
test_orphans_are_removed(void **state)
{
	static const char *const words[] = { KEEPER_HLS, "/web/live.m3u8",
		"/web/live_64k.m3u8", NULL };
	struct play p = { .act = act_deeds };

	(void)state;
	fake_begin(1);
	fake_file("/web/live.m3u8", LIST_OF("live"), false);
	fake_file("/web/live_64k.m3u8", LIST_OF("live_64k"), false);
	fake_file("/web/live5.ts", "", false);
	fake_file("/web/live6.ts", "", false);
	fake_file("/web/live7.ts", "", false);
	fake_file("/web/live_64k5.ts", "", false);
	fake_file("/web/live_32k5.ts", "another's", false);
	fake_file("/web/live4.m4s", "", false);
	fake_file("/web/live_init.mp4", "", false);
	fake_file("/web/live5.mp3", "another's", false);
	keeper_play(&p, words, 0);
	assert_int_equal(told.status, 0);
	assert_string_equal(told.out, "ready 0\n");
	assert_false(is_there("/web/live5.ts"));
	assert_true(is_there("/web/live6.ts"));
	assert_true(is_there("/web/live7.ts"));
	assert_false(is_there("/web/live_64k5.ts"));
	assert_true(is_there("/web/live_32k5.ts"));
	assert_false(is_there("/web/live4.m4s"));
	assert_true(is_there("/web/live_init.mp4"));
	assert_true(is_there("/web/live5.mp3"));
	fake_end();
}

/* A list that is gone, that names nothing, or that names what is not ours says
 * of no segment that it is an orphan. */
static void
test_a_list_that_says_nothing(void **state)
{
	static const char *const lists[] = { NULL, "", "#EXTM3U\n",
		"#EXTM3U\nhttp://elsewhere/live7.ts\n", "live7" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(lists); i++) {
		fake_begin(1);
		fake_file("/web/live.m3u8", lists[i], false);
		fake_file("/web/live1.ts", "", false);
		keeper_watch(KEEPER_HLS, "/web/live.m3u8", NULL, 1);
		assert_string_equal(told.out, "ready 0\n");
		assert_true(is_there("/web/live1.ts"));
		fake_end();
	}
}

/* Segments are no recordings: the disk is left in peace. */
static void
test_segments_grow(void **state)
{
	static const struct deed deeds[] = {
		{ 2, "/web/live8.ts", "segment" },
		{ 2, "/web/live.m3u8", LIST_OF("live") },
		{ 4, "/web/live9.ts", "segment" },
		{ 4, "/web/live.m3u8", "live8.ts\nlive9.ts\n" },
		/* The disk is full: a list, and a segment of nothing. */
		{ 6, "/web/live10.ts", "" },
		{ 6, "/web/live.m3u8", "live9.ts\nlive10.ts\n" },
		{ 0, NULL, NULL },
	};

	(void)state;
	fake_begin(1);
	fake_folder("/web", 0);
	keeper_watch(KEEPER_HLS, "/web/live.m3u8", deeds, 8);
	assert_string_equal(told.out, "ready 0\ngrown\ngrown\n");
	assert_int_equal(fake_syncs("/web/live8.ts"), 0);
	fake_end();
}

/* The manifest of a later run begins with the number 1: chunks of the one
 * before would pass for its own, and be seen to grow. */
static void
test_dash_begins_afresh(void **state)
{
	static const struct deed deeds[] = {
		{ 2, "/web/chunk-stream0-00001.m4s", "new" },
		{ 4, "/web/chunk-stream0-00002.m4s", "new" },
		{ 0, NULL, NULL },
	};

	(void)state;
	fake_begin(1);
	fake_file("/web/chunk-stream0-00001.m4s", "old", false);
	fake_file("/web/chunk-stream0-00002.m4s", "old", false);
	fake_file("/web/init-stream0.m4s", "old", false);
	fake_file("/web/chunk-stream1-00001.m4s", "another's", false);
	keeper_watch(KEEPER_DASH, "/web/live.mpd", deeds, 5);
	assert_string_equal(told.out, "ready 1\ngrown\ngrown\n");
	assert_true(is_there("/web/init-stream0.m4s"));
	assert_true(is_there("/web/chunk-stream1-00001.m4s"));
	assert_int_equal(fake_syncs("/web/chunk-stream0-00001.m4s"), 0);
	fake_end();
}

/* ---- places that take nothing ------------------------------------------- */

/* ffmpeg counted as running, with segments of 0 bytes. What a person must mend
 * is refused; what may be over in a minute is tried again. */
static void
test_folders_that_take_nothing(void **state)
{
	static const struct {
		int err;
		int status;
	} cases[] = {
		{ ERR_NO_SPACE, KEEPER_FAILED },
		{ ERR_IO, KEEPER_FAILED },
		{ ERR_DENIED, KEEPER_REFUSED },
	};
	static const char *const kinds[][2] = {
		{ KEEPER_HLS, "/rec/live.m3u8" },
		{ KEEPER_DASH, "/rec/live.mpd" },
		{ KEEPER_CLOCK, "/rec/%H.mp3" },
		{ KEEPER_NUMBERS, "/rec/%05d.mp3" },
	};
	char text[128];
	size_t i, kind;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		snprintf(text, sizeof(text), "the folder '/rec': %s\n",
		    err_text(cases[i].err));
		for (kind = 0; kind < COUNT_OF(kinds); kind++) {
			fake_begin(1);
			fake_folder("/rec", cases[i].err);
			fake_file("/rec/00.mp3", "old", false);
			keeper_watch(kinds[kind][0], kinds[kind][1], NULL, 0);
			assert_int_equal(told.status, cases[i].status);
			assert_string_equal(told.err, text);
			assert_string_equal(told.out, "");
			assert_true(is_there("/rec/00.mp3"));
			fake_end();
		}
	}
}

static void
test_folders_that_are_none(void **state)
{
	char path[PLATFORM_PATH_MAX + 8] = "/";

	(void)state;
	fake_begin(1);
	fake_file("/file", "text", false);
	keeper_watch(KEEPER_HLS, "/web/live.m3u8", NULL, 0);
	assert_int_equal(told.status, KEEPER_REFUSED);
	assert_string_equal(told.err, "the folder '/web' is not there\n");
	keeper_watch(KEEPER_CLOCK, "/file/%H.mp3", NULL, 0);
	assert_int_equal(told.status, KEEPER_REFUSED);
	assert_non_null(strstr(told.err, "the folder '/file': "));
	/* The day is part of the folder's name. */
	keeper_watch(KEEPER_CLOCK, "/%Y/%H.mp3", NULL, 0);
	assert_string_equal(told.err, "the folder '/2026' is not there\n");
	memset(path + 1, 'x', sizeof(path) - 2);
	keeper_watch(KEEPER_CLOCK, path, NULL, 0);
	assert_int_equal(told.status, KEEPER_REFUSED);
	fake_end();
}

/* Its command line is the supervisor's, but anybody can give it one. */
static void
test_words_that_are_none(void **state)
{
	static const char *const cases[][3] = {
		{ NULL },
		{ KEEPER_CLOCK, NULL },
		{ "tape", "/rec/%H.mp3", NULL },
	};
	struct play p = { .act = act_deeds };
	size_t i;

	(void)state;
	fake_begin(1);
	fake_folder("/rec", 0);
	for (i = 0; i < COUNT_OF(cases); i++) {
		keeper_play(&p, cases[i], 0);
		assert_int_equal(told.status, KEEPER_REFUSED);
		assert_string_equal(told.out, "");
	}
	fake_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_recorded_is_moved_aside),
		cmocka_unit_test(
		    test_the_names_of_the_next_seconds_are_free_too),
		cmocka_unit_test(test_names_that_come_again),
		cmocka_unit_test(test_what_cannot_be_moved_aside_is_told),
		cmocka_unit_test(test_recordings_reach_the_disk),
		cmocka_unit_test(test_numbers_go_on_behind_what_is_there),
		cmocka_unit_test(test_files_that_shrink_or_go),
		cmocka_unit_test(test_orphans_are_removed),
		cmocka_unit_test(test_a_list_that_says_nothing),
		cmocka_unit_test(test_segments_grow),
		cmocka_unit_test(test_dash_begins_afresh),
		cmocka_unit_test(test_folders_that_take_nothing),
		cmocka_unit_test(test_folders_that_are_none),
		cmocka_unit_test(test_words_that_are_none),
	};

	/* Recordings are named by local time. */
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
