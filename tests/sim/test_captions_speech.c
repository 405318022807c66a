/*
 * What captions hear of a ttsd in the fake world: words become cues on the
 * clock of one ffmpeg, whose beginning ttsd tells; an answer that does not come
 * is not waited for, and another ttsd's words are no captions of this run.
 */
#include "streamer-supervisor/captions/speech.h"
#include "tests/fake/fake.h"
#include "tests/unit/test.h"

#define CONTROL "/fake/control.sock"
#define RATE 24000
#define PID 77

struct listening {
	struct loop *loop;
	struct speech *speech;
	struct stream *told; /* our link at ttsd; NULL: none */
	unsigned answers;    /* that the captions got */
};

static void
tell(struct listening *l, const char *line)
{
	char text[512], *p;

	snprintf(text, sizeof(text), "%s\n", line);
	for (p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	peer_puts(l->told, text);
	fake_settle();
}

static void
accepted(void *arg, struct stream *peer)
{
	struct listening *l = arg;

	l->told = peer;
}

static void
answered(void *arg)
{
	struct listening *l = arg;

	l->answers++;
}

/* ttsd says how its channel is: at that sample, and read by that process from
 * that sample on, with so many left out before the sample `edge`. */
static void
tell_status(struct listening *l, unsigned sample, int pid, unsigned first,
    unsigned left_out, unsigned edge)
{
	char line[400];

	snprintf(line, sizeof(line),
	    "{'ok':true,'channels':[{'name':'other'},{'name':'main',"
	    "'sample':%u,'subscribers':[{'pid':3},{'pid':%d,"
	    "'first_sample':%u,'left_out':%u,'edge':%u}]}]}",
	    sample, pid, first, left_out, edge);
	tell(l, line);
}

static void
ask(struct listening *l)
{
	fake_enter();
	speech_ask(l->speech);
	fake_leave();
	fake_settle();
}

static void
begin(struct listening *l, int64_t first_sample)
{
	struct speech_spec spec = { .control = CONTROL,
		.channel = "main",
		.rate_hz = RATE,
		.pid = PID,
		.first_sample = first_sample,
		.answered = answered,
		.arg = l };

	*l = (struct listening){ .told = NULL };
	fake_begin(1);
	fake_listen(CONTROL, accepted, l);
	fake_enter();
	assert_int_equal(loop_new(&l->loop), 0);
	assert_int_equal(speech_new(l->loop, &spec, &l->speech), 0);
	fake_leave();
	fake_run(NS_PER_S);
	assert_non_null(l->told);
	tell(l, "{'ok':true}");
}

static void
end(struct listening *l)
{
	fake_enter();
	speech_free(l->speech);
	loop_free(l->loop);
	fake_leave();
	fake_end();
}

/* Ends the test unless the cues of the first minute have that in them; NULL:
 * unless there is none. */
static void
expect_cue(struct listening *l, const char *text)
{
	struct buf out;

	buf_init(&out, 65536);
	assert_int_equal(cues_write(speech_cues(l->speech),
			     speech_timeline(l->speech), 0, 60 * PTS_HZ, &out),
	    0);
	assert_int_equal(buf_put(&out, "", 1), 0);
	if (text ? strstr((const char *)buf_data(&out), text) == NULL
		 : buf_len(&out) > 1)
		fail_msg("no '%s' in '%s'", text, (char *)buf_data(&out));
	buf_done(&out);
}

static void
say_gate(struct listening *l)
{
	tell(l, "{'event':'started','id':7,'text':'Gate four'}");
	tell(l, "{'event':'word','id':7,'sample':48000,'offset':0,"
		"'length':4,'text':'Gate'}");
	tell(l, "{'event':'word','id':7,'sample':60000,'offset':5,"
		"'length':4,'text':'four'}");
	tell(l, "{'event':'finished','id':7,'last_sample':71999}");
}

static void
test_words_become_cues(void **state)
{
	struct listening l;

	(void)state;
	begin(&l, -1);
	assert_false(speech_is_known(l.speech));
	ask(&l);
	assert_true(speech_is_asked(l.speech));
	tell_status(&l, 48000, PID, 24000, 0, 0);
	assert_int_equal(l.answers, 1);
	assert_true(speech_is_known(l.speech));
	assert_int_equal(speech_now_ticks(l.speech), PTS_HZ);
	say_gate(&l);
	expect_cue(&l, "00:00:01.000 --> 00:00:01.500");
	expect_cue(&l, "00:00:01.500 --> 00:00:02.000");
	/* What was left out for it is nothing that it heard. */
	ask(&l);
	tell_status(&l, 96000, PID, 24000, 12000, 84000);
	assert_int_equal(speech_now_ticks(l.speech), 3 * PTS_HZ - PTS_HZ / 2);
	end(&l);
}

/* Captions knew the first text alone: of several, and of SSML, lines grew word
 * by word, with tags and references in them. */
static void
test_several_texts_are_whole_lines(void **state)
{
	struct listening l;

	(void)state;
	begin(&l, 0);
	tell(&l, "{'event':'started','id':7,'text':'Gate four','texts':["
		 "{'text':'Gate four'},{'text':'Tor 4 &amp; 5','ssml':true,"
		 "'spoken':'Tor vier & 5'}]}");
	tell(&l, "{'event':'word','id':7,'sample':24000,'part':0,'offset':5,"
		 "'length':4,'text':'four'}");
	tell(&l, "{'event':'word','id':7,'sample':48000,'part':1,'offset':4,"
		 "'length':1,'spoken_offset':4,'spoken_length':4,"
		 "'text':'4'}");
	tell(&l, "{'event':'word','id':7,'sample':72000,'part':1,'offset':6,"
		 "'length':5,'spoken_offset':9,'spoken_length':1,"
		 "'text':'&amp;'}");
	expect_cue(&l, "\nGate <b>four</b>\n");
	expect_cue(&l, "\nTor <b>vier</b> &amp; 5\n");
	expect_cue(&l, "\nTor vier <b>&amp;</b> 5\n");
	end(&l);
}

/* What is said again from where it was cut off is told by its words alone, and
 * its lines began afresh with them. */
static void
test_what_goes_on_is_whole_lines(void **state)
{
	struct listening l;

	(void)state;
	begin(&l, 0);
	tell(&l, "{'event':'started','id':7,'text':'Gate four'}");
	tell(&l, "{'event':'word','id':7,'sample':24000,'offset':0,'length':4,"
		 "'text':'Gate'}");
	tell(&l, "{'event':'preempted','id':7,'sample':30000}");
	tell(&l, "{'event':'started','id':8,'text':'Fire now'}");
	tell(&l, "{'event':'word','id':8,'sample':31000,'offset':0,'length':4,"
		 "'text':'Fire'}");
	tell(&l, "{'event':'finished','id':8,'last_sample':42000}");
	tell(&l, "{'event':'word','id':7,'sample':48000,'offset':5,'length':4,"
		 "'text':'four'}");
	expect_cue(&l, "\n<b>Fire</b> now\n");
	expect_cue(&l, "\nGate <b>four</b>\n");
	end(&l);
}

/* Of what began before it listened, nobody tells the text. */
static void
test_words_of_an_unknown_text(void **state)
{
	struct listening l;

	(void)state;
	begin(&l, 0);
	tell(&l, "{'event':'started','id':6,'text':'other'}");
	tell(&l, "{'event':'word','id':7,'sample':24000,'offset':0,'length':4,"
		 "'text':'Gate'}");
	tell(&l, "{'event':'word','id':7,'sample':48000,'offset':5,'length':4,"
		 "'text':'four'}");
	expect_cue(&l, "\n<b>Gate</b>\n");
	expect_cue(&l, "\nGate <b>four</b>\n");
	end(&l);
}

/* What is no JSON, what is of no interest, and a reader that is another's. */
static void
test_what_is_passed_over(void **state)
{
	struct listening l;

	(void)state;
	begin(&l, -1);
	tell(&l, "{");
	tell(&l, "{'event':'queued','id':7}");
	ask(&l);
	tell_status(&l, 48000, PID + 1, 24000, 0, 0);
	assert_int_equal(l.answers, 1);
	assert_false(speech_is_known(l.speech));
	tell(&l, "{'event':'finished','id':7}");
	tell(&l, "{'event':'preempted','id':7,'sample':5}");
	expect_cue(&l, NULL);
	end(&l);
}

/* The disk's file is written without what ttsd does not tell in time. */
static void
test_an_answer_that_does_not_come(void **state)
{
	struct listening l;

	(void)state;
	begin(&l, -1);
	ask(&l);
	fake_run(SPEECH_PATIENCE_NS - 100 * NS_PER_MS);
	assert_int_equal(l.answers, 0);
	fake_run(200 * NS_PER_MS);
	assert_int_equal(l.answers, 1);
	/* Nor one that went with its connection. */
	ask(&l);
	peer_close(l.told);
	fake_run(300 * NS_PER_MS);
	assert_int_equal(l.answers, 2);
	end(&l);
}

/* A ttsd that was started again counts its samples afresh, and its words would
 * be shown in the midst of what the old one said. */
static void
test_another_ttsd(void **state)
{
	struct listening l;

	(void)state;
	begin(&l, -1);
	ask(&l);
	tell_status(&l, 48000, PID, 24000, 0, 0);
	peer_close(l.told);
	l.told = NULL;
	fake_run(NS_PER_S);
	assert_non_null(l.told);
	tell(&l, "{'ok':true}");
	ask(&l);
	tell_status(&l, 4800, PID, 0, 0, 0);
	say_gate(&l);
	expect_cue(&l, NULL);
	/* The same one has only been away. */
	ask(&l);
	tell_status(&l, 72000, PID, 24000, 0, 0);
	say_gate(&l);
	expect_cue(&l, "00:00:01.000 --> 00:00:01.500");
	end(&l);
}

/* An ffmpeg that reads the picture's stream is no reader of ttsd's; where it
 * began is known otherwise. */
static void
test_an_ffmpeg_that_reads_elsewhere(void **state)
{
	struct listening l;

	(void)state;
	begin(&l, 24000);
	ask(&l);
	tell_status(&l, 48000, 5, 0, 0, 0);
	assert_true(speech_is_known(l.speech));
	assert_int_equal(speech_now_ticks(l.speech), PTS_HZ);
	say_gate(&l);
	expect_cue(&l, "00:00:01.500 --> 00:00:02.000");
	end(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_become_cues),
		cmocka_unit_test(test_several_texts_are_whole_lines),
		cmocka_unit_test(test_what_goes_on_is_whole_lines),
		cmocka_unit_test(test_words_of_an_unknown_text),
		cmocka_unit_test(test_what_is_passed_over),
		cmocka_unit_test(test_an_answer_that_does_not_come),
		cmocka_unit_test(test_another_ttsd),
		cmocka_unit_test(test_an_ffmpeg_that_reads_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
