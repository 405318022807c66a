/* Guards the judging of what ffmpeg complains of: what ended it, and whether
 * a retry will help. */
#include "tests/unit/test.h"

#include "streamer-supervisor/ffmpeg/messages.h"

static void
test_every_complaint_seen(void **state)
{
	static const struct {
		const char *line;
		enum message_kind kind;
		const char *message;
	} cases[] = {
		{ "[warning] Guessed Channel Layout for Input Stream #0.0",
		    MESSAGE_NOTE,
		    "Guessed Channel Layout for Input Stream #0.0" },
		{ "[tcp @ 0x55ac] [error] Connection to tcp://h:1 failed: no",
		    MESSAGE_CAUSE, "Connection to tcp://h:1 failed: no" },
		{ "[error] rtmp://h/live/x: Connection refused", MESSAGE_ERROR,
		    "rtmp://h/live/x: Connection refused" },
		{ "[rtmp @ 0x55ac] [error] Server error: Already publishing",
		    MESSAGE_CAUSE, "Server error: Already publishing" },
		{ "[error] av_interleaved_write_frame(): Broken pipe",
		    MESSAGE_ERROR,
		    "av_interleaved_write_frame(): Broken pipe" },
		{ "[error] Error writing trailer of rtmp://h/a/b: Broken pipe",
		    MESSAGE_NOISE,
		    "Error writing trailer of rtmp://h/a/b: Broken pipe" },
		{ "[fatal] Unknown encoder 'libfoo'", MESSAGE_REFUSAL,
		    "Unknown encoder 'libfoo'" },
		{ "[error] Unrecognized option 'bogus'.", MESSAGE_REFUSAL,
		    "Unrecognized option 'bogus'." },
		{ "[aac @ 0x5618] [error] Error setting option b to value x.",
		    MESSAGE_REFUSAL, "Error setting option b to value x." },
		{ "[fatal] Expected number for ar but found: abc",
		    MESSAGE_REFUSAL, "Expected number for ar but found: abc" },
		{ "[AVFilterGraph @ 0x1] [error] No such filter: 'nope'",
		    MESSAGE_REFUSAL, "No such filter: 'nope'" },
		{ "[fatal] Error parsing options for output file x.flv.",
		    MESSAGE_REFUSAL,
		    "Error parsing options for output file x.flv." },
		{ "[error] foo://a/b: Protocol not found", MESSAGE_REFUSAL,
		    "foo://a/b: Protocol not found" },
		{ "[rtsp @ 0x1] [error] method ANNOUNCE failed: 401 "
		  "Unauthorized",
		    MESSAGE_REFUSAL,
		    "method ANNOUNCE failed: 401 Unauthorized" },
		{ "[rtsp @ 0x1] [error] method ANNOUNCE failed: 500 no",
		    MESSAGE_CAUSE, "method ANNOUNCE failed: 500 no" },
		{ "[error] Error opening output file rtmp://h/live/x.",
		    MESSAGE_NOISE,
		    "Error opening output file rtmp://h/live/x." },
		{ "Conversion failed!", MESSAGE_NOISE, "Conversion failed!" },
		/* An error after it says only "5XX Server Error reply". */
		{ "[http @ 0x5] [warning] HTTP error 507 Insufficient Storage",
		    MESSAGE_CAUSE, "HTTP error 507 Insufficient Storage" },
		{ "[http @ 0x5] [info] HTTP error 507 Insufficient Storage",
		    MESSAGE_NOISE, "HTTP error 507 Insufficient Storage" },
		{ "[error] av_interleaved_write_frame(): Server returned 403 "
		  "Forbidden (access denied)",
		    MESSAGE_REFUSAL,
		    "av_interleaved_write_frame(): Server returned 403 "
		    "Forbidden (access denied)" },
		{ "[info] Stream mapping: 401 Unauthorized", MESSAGE_NOISE,
		    "Stream mapping: 401 Unauthorized" },
		/* A wrapper script around ffmpeg may complain too. */
		{ "sh: 1: exec: no such thing", MESSAGE_ERROR,
		    "sh: 1: exec: no such thing" },
		{ "[udp @ 0x5] [error] getaddrinfo(nosuch.invalid, 9): Name or "
		  "service not known",
		    MESSAGE_CAUSE,
		    "getaddrinfo(nosuch.invalid, 9): Name or service not "
		    "known" },
		{ "[rist @ 0x5] [error] Failure resolving host h: Name or "
		  "service not known",
		    MESSAGE_VAIN,
		    "Failure resolving host h: Name or service not known" },
		{ "[error] udp://h:9: Input/output error", MESSAGE_VAGUE,
		    "udp://h:9: Input/output error" },
		{ "[tcp @ 0x5] [error] Connection to tcp://h:1 failed: "
		  "Input/output error",
		    MESSAGE_CAUSE,
		    "Connection to tcp://h:1 failed: Input/output error" },
		{ "[", MESSAGE_ERROR, "[" },
		{ "[] ", MESSAGE_ERROR, "" },
		{ "", MESSAGE_ERROR, "" },
	};
	struct message m;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		m = messages_classify(cases[i].line, NULL);
		assert_int_equal(m.kind, cases[i].kind);
		assert_string_equal(m.text, cases[i].message);
	}
}

/* Who comes to a listener and is no player makes ffmpeg end with EIO: that
 * was told by comparing texts, in a place that should not know them. */
/* Icecast's 403 is no refusal as a web server's is: the mountpoint is taken,
 * often by our own last connection, and a try a little later succeeds. */
static void
test_one_protocol_means_another_thing(void **state)
{
	static const struct messages_sense sense = { "403 Forbidden",
		"in use" };
	const char *line = "[error] icecast://h/m: Server returned 403 "
			   "Forbidden (access denied)";
	struct message m = messages_classify(line, &sense);

	(void)state;
	assert_int_equal(m.kind, MESSAGE_CAUSE);
	assert_string_equal(m.text, "in use");
	assert_int_equal(messages_classify(line, NULL).kind, MESSAGE_REFUSAL);
	m = messages_classify("[error] x: 401 Unauthorized", &sense);
	assert_int_equal(m.kind, MESSAGE_REFUSAL);
}

static void
test_codes(void **state)
{
	(void)state;
	assert_int_equal(
	    messages_classify("[error] rtmp://h/a: Input/output error", NULL)
		.code,
	    MESSAGE_IO);
	assert_int_equal(
	    messages_classify("[error] rtmp://h/a: I/O error", NULL).code,
	    MESSAGE_IO);
	assert_int_equal(
	    messages_classify("[error] rtmp://h/a: Address in use", NULL).code,
	    MESSAGE_OTHER);
}

static void
test_mutated_complaints(void **state)
{
	static const char valid[] =
	    "[rtmp @ 0x55ac] [error] Server error: Already publishing";
	struct rng rng = { 7 };
	uint8_t text[256];
	struct message m;
	char *copy;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		memcpy(text, valid, sizeof(valid));
		len = mutate(&rng, text, sizeof(valid) - 1, sizeof(text) - 1);
		text[len] = '\0';
		copy = exact_copy(text, len + 1);
		m = messages_classify(copy, NULL);
		assert_true(m.text >= copy && m.text <= copy + len);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_complaint_seen),
		cmocka_unit_test(test_one_protocol_means_another_thing),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_mutated_complaints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
