/*
 * What is said of outputs before anything starts. Story: --check-config said
 * "good" to addresses that a start then refused; a start named the line but
 * not the file, or none; and two outputs into one HLS folder were accepted,
 * each destroying the other's list.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "streamer-supervisor/outputs/check.h"

static struct conf_error error;

static int
check(const char *text, const char *option)
{
	struct conf c;
	int rc = conf_init(&c);

	error.text[0] = '\0';
	if (rc == 0)
		rc = conf_parse(&c, "f", text, strlen(text), &error);
	if (rc == 0 && option)
		rc = conf_set(&c, option, &error);
	if (rc == 0)
		rc = conf_finish(&c, &error);
	if (rc == 0)
		rc = outputs_check(&c, &error);
	conf_done(&c);
	return rc;
}

static void
expect(const char *text, const char *option, const char *start)
{
	if (check(text, option) != ERR_INVALID ||
	    strncmp(error.text, start, strlen(start)) != 0)
		fail_msg("%s\n  says: %s\n  not:  %s", text, error.text, start);
}

static void
test_addresses_are_named_with_their_line(void **state)
{
	static const struct {
		const char *text, *start;
	} cases[] = {
		{ "[output a]\nurl = foo://x/y\n",
		    "f:2: [output a] url: of no known kind; expected one that "
		    "begins with rtmp://" },
		{ "[output a]\nurl = RTMP://h/k\n", "f:2: [output a] url: " },
		{ "[output a]\n\nurl = srt://\n",
		    "f:3: [output a] url: the host is missing" },
		{ "[output a]\nurl = rtsp://h/a\nbackup_url = gopher://h/k\n",
		    "f:3: [output a] backup_url: of no known kind" },
		{ "[output a]\ncodec = pcm\nurl = rtmp://h/a/k\n",
		    "f:2: [output a] codec: pcm cannot be carried by rtmp; "
		    "expected aac or mp3" },
		{ "[output a]\nurl = rtsp://h/a\ncodec = opus\n"
		  "backup_url = rtmp://h/a/k\n",
		    "f:4: [output a] backup_url: codec: opus cannot be "
		    "carried by rtmp; expected aac or mp3" },
		{ "[output a]\nurl = udp://h:1\nlisten = yes\n",
		    "f:3: [output a] listen: only with rtmp:// or srt://" },
		{ "[output a]\nurl = srt://h:1\nkey_env = K\nsdp_file = /x\n",
		    "f:4: [output a] sdp_file: only with rtp://" },
		{ "[output a]\nurl = rtsp://h/a\nkey_env = K\n",
		    "f:3: [output a] key_env: ffmpeg takes none for rtsp" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++)
		expect(cases[i].text, NULL, cases[i].start);
	expect("", "output.a.url=foo://x/y",
	    "-D output.a.url: [output a] url: of no known kind");
	expect("[output a]\nurl = rtsp://h/a\n", "output.a.codec=mp3",
	    "-D output.a.codec: [output a] codec: mp3 cannot");
}

/* Story: what was wrong with one member of a group was said of another, and
 * never with its line. */
static void
test_groups_name_the_member_at_fault(void **state)
{
	(void)state;
	expect("[output a]\nurl = rtmp://h/a/k\ngroup = g\n"
	       "[output b]\nurl = foo://h/b\ngroup = g\n",
	    NULL, "f:5: [output b] url: ");
	expect("[output a]\nurl = rtmp://h/a/k\n\ngroup = g\n"
	       "[output b]\nurl = rtsp://h/b\ncodec = opus\ngroup = g\n",
	    NULL,
	    "f:8: [output b] group: its members share an encoder, and "
	    "\"codec\" is not as in [output a]");
	expect("[output z]\nurl = rtmp://h/a/k\ngroup = g\n"
	       "[output b]\nurl = rtsp://h/b\nbitrate = 32k\n",
	    "output.b.group=g",
	    "-D output.b.group: [output b] group: its members share an "
	    "encoder, and \"bitrate\" is not as in [output z]");
	expect("[output a]\nurl = rtmp://h/a/k\ngroup = g\ntitle = one\n"
	       "[output b]\nurl = rtsp://h/b\ngroup = g\n",
	    NULL,
	    "f:7: [output b] group: its members share an encoder, and "
	    "\"title\" is not as in [output a]");
	expect("[output a]\nurl_file = /x\ngroup = g\n", NULL,
	    "f:3: [output a] group: an output with url_file");
}

#define TWO(a, b) "[output a]\nurl = " a "\n[output b]\nurl = " b "\n"

static void
test_two_outputs_to_the_same_files(void **state)
{
	static const char *const same[] = {
		TWO("/tmp/hls/", "/tmp/hls/"),
		TWO("/tmp/hls/", "/tmp//hls/./index.m3u8"),
		TWO("/srv/a.m3u8", "/srv/a.m3u8"),
		TWO("/srv/a.m3u8", "/srv/a12.m3u8"),
		TWO("/srv/a12.m3u8", "/srv/a.m3u8"),
		TWO("/srv/%Y.mp3", "/srv/%Y.mp3"),
		TWO("/srv/a.mpd", "/srv/b.mpd"),
		TWO("/srv/l.m3u8\nvariants = 64k 32k", "/srv/l_64k.m3u8"),
		TWO("rtsp://h/a\nbackup_url = /srv/a.m3u8", "/srv/a.m3u8"),
		TWO("C:\\hls\\a.m3u8", "C:/hls/.\\a.m3u8"),
		TWO("rtp://h:1\nsdp_file = /s/a",
		    "rtp://h:3\nsdp_file = /s//a"),
	};
	static const char *const apart[] = {
		TWO("/tmp/a/", "/tmp/b/"),
		TWO("/srv/a.m3u8", "/srv/b.m3u8"),
		TWO("/srv/a.m3u8", "/srv/a1b.m3u8"),
		TWO("/srv/a.m3u8", "/srv/%Y.mp3"),
		TWO("/srv/a/l.mpd", "/srv/b/l.mpd"),
		TWO("http://u:p@h/l.m3u8", "http://v:q@h/l.m3u8"),
		TWO("udp://h:1", "udp://h:1"),
		TWO("/srv/l.m3u8\nvariants = 64k 32k", "/srv/l2k.m3u8"),
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(same); i++) {
		expect(same[i], NULL, "f:");
		if (!strstr(error.text, "[output b] ") ||
		    !strstr(error.text, "same files as [output a] "))
			fail_msg("%s\n  says: %s", same[i], error.text);
	}
	for (i = 0; i < COUNT_OF(apart); i++)
		if (check(apart[i], NULL) != 0)
			fail_msg("%s\n  says: %s", apart[i], error.text);
	expect(TWO("/tmp/hls/", "/tmp/hls/"), NULL,
	    "f:4: [output b] url: writes the same files as [output a] url; "
	    "expected others");
	expect("[output a]\nurl = /s/a.m3u8\nbackup_url = /s/a.m3u8\n", NULL,
	    "f:3: [output a] backup_url: writes the same files as [output a] "
	    "url; expected others");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_are_named_with_their_line),
		cmocka_unit_test(test_groups_name_the_member_at_fault),
		cmocka_unit_test(test_two_outputs_to_the_same_files),
	};

	return cmocka_run_group_tests_name("outputs check", tests, NULL, NULL);
}
