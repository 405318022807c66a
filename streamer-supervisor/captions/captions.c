#include "streamer-supervisor/captions/captions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "streamer-supervisor/captions/pts.h"
#include "streamer-supervisor/captions/shelf.h"
#include "streamer-supervisor/captions/speech.h"
#include "streamer-supervisor/captions/webvtt.h"
#include "streamer-supervisor/captions/words.h"

#define LOOK_NS (200 * NS_PER_MS)
/* After what did not work. */
#define RETRY_NS NS_PER_S
#define LIST_MAX (4 * 1024 * 1024)
#define VTT_MAX (1024 * 1024)
/* By so much a segment may end after what ttsd has told of the channel. */
#define SLACK_TICKS (PTS_HZ / 2)
/* After so many changes of the list ttsd should know the ffmpeg. */
#define UNKNOWN_MAX 3
#define US_PER_S 1000000

struct captions {
	const struct captions_settings *settings;
	struct loop *loop;
	struct timer *timer;
	int64_t due_ns;
	struct shelf shelf;
	struct speech *speech;
	bool ending, last; /* to look once more; this is that look */
	int told;          /* the error that was last told; 0: all is well */
	unsigned unknown;  /* changes of the list without a clock for it */

	struct buf list, done; /* as it is, and as all was done for it */
	struct playlist playlist;
	struct pts_run run;
	int64_t first; /* number of the run's first segment; -1: not seen */
	/* The segments that the list named then: these numbers, but for the
	 * last. */
	int64_t known_from, known_to;
	/* The captions that were written last end at that time; those of this
	 * segment go on from there. */
	int64_t next_number, next_ticks;
	struct buf text; /* of what is being written */
};

/* ---- which segments are whose ------------------------------------------ */

/* Where in the list the run begins: at the last cut, unless it is known. */
static size_t
run_begin(const struct captions *c)
{
	const struct playlist *p = &c->playlist;
	size_t i = p->count;

	if (c->first >= 0)
		return c->first > p->sequence ? (size_t)(c->first - p->sequence)
					      : 0;
	while (i > 0 && !p->segments[--i].discontinuity)
		;
	return i;
}

/* Where in the list the next run begins. */
static size_t
run_end(const struct captions *c)
{
	const struct playlist *p = &c->playlist;
	size_t i = run_begin(c) + 1;

	while (i < p->count && !p->segments[i].discontinuity)
		i++;
	return i < p->count ? i : p->count;
}

/* When the segment of that PTS begins, on the clock of the run. */
static int64_t
segment_ticks(const struct captions *c, int64_t pts)
{
	return pts_ticks(&c->run, pts, speech_now_ticks(c->speech));
}

static int64_t
length_ticks(const struct playlist_segment *s)
{
	return s->length_us * (PTS_HZ / 1000) / (US_PER_S / 1000);
}

/* Finds out with which segment of the list the run begins: what comes last in
 * it may be of the run before. */
static void
find_run(struct captions *c)
{
	const struct playlist *p = &c->playlist;
	size_t at = run_begin(c);
	int64_t pts, from, now = speech_now_ticks(c->speech);

	if (c->first >= 0 || at >= p->count || !speech_is_known(c->speech) ||
	    shelf_pts(&c->shelf, p->segments[at].name, &pts) < 0)
		return;
	/* The list of a run that has lost its beginning is of one that went
	 * as usual. */
	if (p->segments[at].discontinuity || p->sequence + (int64_t)at == 0)
		c->run.first = pts;
	from = segment_ticks(c, pts);
	if (from >= -SLACK_TICKS &&
	    from + length_ticks(&p->segments[at]) <= now + SLACK_TICKS)
		c->first = p->sequence + (int64_t)at;
}

/* ---- writing ----------------------------------------------------------- */

/* Writes what is heard in a segment. The times of the cues count from a whole
 * second before it: never from its own PTS, for hls.js takes a difference of 0
 * for none at all. */
static int
put_cues(struct captions *c, int64_t from, int64_t to)
{
	int64_t second = from > 0 ? (from - 1) / PTS_HZ : 0;
	int rc = webvtt_begin(
	    &c->text, pts_at(&c->run, second * PTS_HZ), second * 1000);

	return rc < 0 ? rc
		      : cues_write(speech_cues(c->speech),
			    speech_timeline(c->speech), from, to, &c->text);
}

/* Writes the captions of a segment of the run. They begin where those of the
 * one before ended: with a picture, sound and cut are not quite at one time. */
static int
write_ours(struct captions *c, int64_t number, int64_t from, int64_t length)
{
	int64_t to = from + length;
	int rc;

	if (number == c->next_number)
		from = c->next_ticks;
	rc = put_cues(c, from, to);
	c->next_number = number + 1;
	c->next_ticks = to;
	return rc;
}

/* Was the segment in the list before? Of another, captions that are older are
 * not its own: a list that begins afresh gives the same names again. */
static bool
is_known(const struct captions *c, size_t at)
{
	int64_t number = c->playlist.sequence + (int64_t)at;

	return number >= c->known_from && number < c->known_to;
}

static int
write_segment(struct captions *c, size_t at, bool ours)
{
	const struct playlist_segment *s = &c->playlist.segments[at];
	char name[PLAYLIST_NAME_MAX];
	int64_t pts;
	int rc;

	playlist_vtt(s->name, name);
	if (shelf_has(&c->shelf, name, is_known(c, at) ? NULL : s->name))
		return 0;
	buf_clear(&c->text);
	if (shelf_pts(&c->shelf, s->name, &pts) < 0) {
		pts = PTS_FIRST;
		ours = false;
	}
	rc = ours ? write_ours(c, c->playlist.sequence + (int64_t)at,
			segment_ticks(c, pts), length_ticks(s))
		  : webvtt_begin(&c->text, pts, 0);
	if (rc == 0)
		rc = shelf_put(&c->shelf, name, &c->text);
	if (rc == 0)
		printf(CAPTIONS_WROTE "%s\n", name);
	return rc;
}

static int
write_segments(struct captions *c)
{
	size_t begin = run_begin(c), end = run_end(c), i;
	int rc = 0;

	for (i = 0; rc == 0 && i < end; i++)
		rc = write_segment(c, i, c->first >= 0 && i >= begin);
	buf_clear(&c->text);
	if (rc == 0)
		rc = playlist_write_vtt(&c->playlist, end, &c->text);
	return rc;
}

static int
write_lists(struct captions *c)
{
	const struct captions_settings *s = c->settings;
	int rc = shelf_put(&c->shelf, s->captions, &c->text);

	buf_clear(&c->text);
	if (rc == 0)
		rc = playlist_write_master(s->streams, s->stream_count,
		    s->codecs, s->captions, &c->text);
	return rc < 0 ? rc : shelf_put(&c->shelf, s->master, &c->text);
}

/* Says that there will be no text, once. */
static void
note_unknown(struct captions *c)
{
	if (speech_is_known(c->speech) || ++c->unknown != UNKNOWN_MAX)
		return;
	fprintf(stderr,
	    "%s: its captions are empty: ttsd knows no reader with the process "
	    "id %" PRId64 "; if streamer.ffmpeg is a script, let it exec "
	    "ffmpeg\n",
	    c->shelf.list, c->settings->pid);
}

static int
write_all(struct captions *c)
{
	int rc;

	find_run(c);
	note_unknown(c);
	rc = write_segments(c);
	if (rc == 0)
		rc = write_lists(c);
	if (rc == 0) {
		c->known_from = c->playlist.sequence;
		c->known_to = c->known_from + (int64_t)c->playlist.count;
	}
	shelf_sweep(&c->shelf);
	fflush(stdout);
	return rc;
}

/* ---- looking ----------------------------------------------------------- */

/* Says what does not work, once. */
static void
tell(struct captions *c, int err)
{
	if (err < 0 && err != c->told)
		fprintf(stderr, "%s: its captions cannot be written: %s\n",
		    c->shelf.list, err_text(err));
	c->told = err;
}

static void
look_later(struct captions *c, int64_t period_ns)
{
	int64_t now = clock_awake_ns();

	c->due_ns += period_ns;
	if (c->due_ns < now)
		c->due_ns = now;
	timer_at(c->timer, c->due_ns);
}

static void
go_on(struct captions *c, int err)
{
	tell(c, err);
	if (c->last)
		loop_stop(c->loop);
	else if (c->ending)
		timer_at(c->timer, clock_awake_ns());
	else
		look_later(c, err < 0 ? RETRY_NS : LOOK_NS);
}

static bool
is_news(const struct captions *c)
{
	size_t len = buf_len(&c->list);

	return len != buf_len(&c->done) ||
	       memcmp(buf_data(&c->list), buf_data(&c->done), len) != 0;
}

static void
speech_answered(void *arg)
{
	struct captions *c = arg;
	int rc = write_all(c);

	if (rc == 0) {
		buf_clear(&c->done);
		rc = buf_put(&c->done, buf_data(&c->list), buf_len(&c->list));
	}
	go_on(c, rc);
}

static int
read_list(struct captions *c)
{
	int rc;

	buf_clear(&c->list);
	rc = path_read(c->shelf.list, &c->list);
	/* ffmpeg makes it with the first segment. */
	if (rc == ERR_NOT_FOUND)
		return 0;
	return rc < 0
		   ? rc
		   : playlist_read(&c->playlist,
			 (const char *)buf_data(&c->list), buf_len(&c->list));
}

static void
look(void *arg)
{
	struct captions *c = arg;
	int rc = read_list(c);

	c->last = c->ending;
	if (rc < 0 || buf_len(&c->list) == 0 || !is_news(c)) {
		go_on(c, rc);
		return;
	}
	speech_ask(c->speech);
}

void
captions_finish(struct captions *c)
{
	c->ending = true;
	if (!speech_is_asked(c->speech))
		timer_at(c->timer, clock_awake_ns());
}

/* ---- storage ----------------------------------------------------------- */

static int
captions_begin(struct captions *c)
{
	const struct captions_settings *s = c->settings;
	const struct speech_spec spec = { .control = s->control,
		.channel = s->channel,
		.rate_hz = s->rate_hz,
		.pid = s->pid,
		.first_sample = s->first_sample,
		.answered = speech_answered,
		.arg = c };
	int rc = shelf_init(&c->shelf, s->followed);

	if (rc == 0)
		rc = timer_new(c->loop, TIMER_COARSE, look, c, &c->timer);
	if (rc == 0)
		rc = speech_new(c->loop, &spec, &c->speech);
	if (rc == 0)
		look_later(c, 0);
	return rc;
}

int
captions_new(struct loop *l, const struct captions_settings *settings,
    struct captions **out)
{
	struct captions *c = calloc(1, sizeof(*c));
	int rc;

	*out = NULL;
	if (c == NULL)
		return ERR_NOMEM;
	c->settings = settings;
	c->loop = l;
	c->first = c->next_number = -1;
	c->run = (struct pts_run){ PTS_FIRST, settings->delay };
	buf_init(&c->list, LIST_MAX);
	buf_init(&c->done, LIST_MAX);
	buf_init(&c->text, VTT_MAX);
	rc = captions_begin(c);
	if (rc < 0) {
		captions_free(c);
		return rc;
	}
	*out = c;
	return 0;
}

void
captions_free(struct captions *c)
{
	if (c == NULL)
		return;
	timer_free(c->timer);
	speech_free(c->speech);
	buf_done(&c->list);
	buf_done(&c->done);
	buf_done(&c->text);
	free(c);
}
