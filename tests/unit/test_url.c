/*
 * Guards the one place that parts an address: what it takes for the host, the
 * password or the key decides what is masked, what stays out of a command
 * line, and what is refused.
 */
#include "tests/unit/test.h"

#include "common/net/url.h"

static void
expect_part(const char *text, struct url_part p, const char *expected)
{
	char got[128];

	snprintf(got, sizeof(got), "%.*s", (int)p.len, text + p.at);
	assert_string_equal(got, expected);
}

static void
test_parts(void **state)
{
	static const struct {
		const char *url, *scheme, *user, *password, *host, *path,
		    *query, *application, *key;
	} cases[] = {
		{ "rtsp://h", "rtsp", "", "", "h", "", "", "", "" },
		{ "http://u:p@h:1/a/b.m3u8?c=d#e", "http", "u", "p", "h:1",
		    "/a/b.m3u8", "c=d#e", "", "" },
		{ "http://u:p@q:r@h/", "http", "u", "p@q:r", "h", "/", "", "",
		    "" },
		{ "icecast://:p@h/m", "icecast", "", "p", "h", "/m", "", "",
		    "" },
		{ "http://u@h/a@b:c", "http", "u", "", "h", "/a@b:c", "", "",
		    "" },
		{ "srt://[::1]:9?a=b", "srt", "", "", "[::1]:9", "", "a=b", "",
		    "" },
		{ "rtmp://h/a/K", "rtmp", "", "", "h", "/a/K", "", "a", "K" },
		{ "rtmps://h//a/K//?x", "rtmps", "", "", "h", "//a/K//", "x",
		    "a/K", "/?x" },
		{ "rtmp://h/a/i/K/t?x=/", "rtmp", "", "", "h", "/a/i/K/t",
		    "x=/", "a/i", "K/t?x=/" },
		{ "rtmp://h/a?t=1/K", "rtmp", "", "", "h", "/a", "t=1/K",
		    "a?t=1", "K" },
		{ "rtmp://h/a?t=1/", "rtmp", "", "", "h", "/a", "t=1/",
		    "a?t=1/", "" },
		{ "rtmp://h/a//", "rtmp", "", "", "h", "/a//", "", "a", "" },
	};
	struct url u;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		url_parse(&u, cases[i].url, strlen(cases[i].url));
		assert_int_equal(u.kind, URL_ADDRESS);
		expect_part(cases[i].url, u.scheme, cases[i].scheme);
		expect_part(cases[i].url, u.user, cases[i].user);
		expect_part(cases[i].url, u.password, cases[i].password);
		expect_part(cases[i].url, u.host, cases[i].host);
		expect_part(cases[i].url, u.path, cases[i].path);
		expect_part(cases[i].url, u.query, cases[i].query);
		expect_part(cases[i].url, u.application, cases[i].application);
		expect_part(cases[i].url, u.key, cases[i].key);
	}
}

static void
test_kinds(void **state)
{
	static const char *const paths[] = { "/", "/srv/a b?.mp3", "C:\\x",
		"c:/x", "c:/" };
	static const char *const unknown[] = { "", "x", "x/y", "//h/x",
		"c:", "c:x", "c://x", "1:/x", "-x", "/a\tb", "rtsp://",
		"rtsp://?x", "1a://h" };
	struct url u;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(paths); i++) {
		url_parse(&u, paths[i], strlen(paths[i]));
		assert_int_equal(u.kind, URL_PATH);
	}
	for (i = 0; i < COUNT_OF(unknown); i++) {
		url_parse(&u, unknown[i], strlen(unknown[i]));
		assert_int_equal(u.kind, URL_UNKNOWN);
		assert_int_equal(u.path.len, 0);
	}
}

static void
test_parameters(void **state)
{
	static const char text[] = "srt://h?a=1&&token=x=y&flag&=z&";
	static const char *const names[] = { "a", "", "token", "flag", "" };
	static const char *const values[] = { "1", "", "x=y", "", "z" };
	struct url_parameter p = { .name.at = 0 };
	struct url u;
	size_t n = 0;

	(void)state;
	url_parse(&u, text, strlen(text));
	while (url_parameter_next(&u, text, &p)) {
		expect_part(text, p.name, names[n]);
		expect_part(text, p.value, values[n]);
		assert_int_equal(url_parameter_is_secret(&p, text), n == 2);
		n++;
	}
	assert_int_equal(n, COUNT_OF(names));
	url_parse(&u, "srt://h", 7);
	p = (struct url_parameter){ .name.at = 0 };
	assert_false(url_parameter_next(&u, "srt://h", &p));
}

/* Whatever comes in: every part lies within the text, the secrets are in
 * order, and nothing is read beyond the end. */
static void
test_mutated(void **state)
{
	static const char *const valid[] = {
		"rtmp://u:pw@h:1935/app/inst/KEY?tok=1&sig=a/",
		"srt://h:9?passphrase=a+b&streamid=c",
		"rtmp://h/a?b/c",
	};
	struct rng rng = { 5 };
	struct url_part secrets[URL_SECRETS_MAX];
	struct url_parameter p;
	struct url u;
	uint8_t text[128];
	char *copy;
	size_t len, n, end, i;
	int round;

	(void)state;
	for (round = 0; round < 30000; round++) {
		len = strlen(valid[round % COUNT_OF(valid)]);
		memcpy(text, valid[round % COUNT_OF(valid)], len);
		len = mutate(&rng, text, len, sizeof(text));
		copy = (char *)exact_copy(text, len);
		url_parse(&u, copy, len);
		n = url_secrets(&u, secrets);
		for (i = 0, end = 0; i < n; i++) {
			assert_true(secrets[i].at >= end);
			assert_true(secrets[i].len > 0);
			end = secrets[i].at + secrets[i].len;
		}
		assert_true(end <= len);
		assert_true(u.key.len == 0 || u.key.at + u.key.len <= len);
		p = (struct url_parameter){ .name.at = 0 };
		while (url_parameter_next(&u, copy, &p))
			assert_true(p.value.at + p.value.len <= len);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_mutated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
