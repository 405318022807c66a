/* What a successor is told of a configuration, and what it finds new. */
#include "common/conf/conf_told.h"
#include "tests/unit/test.h"

static json_t *
told(const char *text)
{
	struct conf c;
	struct conf_error e = { "" };
	json_t *o;

	assert_int_equal(conf_init(&c), 0);
	if (conf_parse(&c, "f.conf", text, strlen(text), &e) < 0 ||
	    conf_finish(&c, &e) < 0)
		fail_msg("%s", e.text);
	o = conf_tell(&c);
	assert_non_null(o);
	conf_done(&c);
	return o;
}

static void
expect_news(const char *was, const char *now, const char *expected)
{
	json_t *a = was ? told(was) : NULL, *b = told(now);
	json_t *news = conf_told_news(a, b);
	char *text = json_dumps(news, JSON_COMPACT);

	assert_string_equal(text, expected);
	free(text);
	json_decref(news);
	json_decref(a);
	json_decref(b);
}

#define NOTHING "{\"added\":[],\"removed\":[],\"changed\":[]}"

static void
test_news(void **state)
{
	static const struct {
		const char *was, *now, *news;
	} rows[] = {
		{ "[channel a]\n", "# the same\n[channel a]\nrate=24000\n",
		    NOTHING },
		{ NULL, "[channel a]\n", NOTHING },
		{ "[channel a]\n[channel b]\n",
		    "[channel b]\nvoice=de\n[channel c]\n",
		    "{\"added\":[\"[channel c]\"],\"removed\":"
		    "[\"[channel a]\"],\"changed\":[\"[channel b]\"]}" },
		{ "[channel a]\n[zone z]\nchannels = a\n"
		  "[message m]\ntext = Hi\n",
		    "[ttsd]\nworkers = 3\n[channel a]\n[channel b]\n"
		    "[zone z]\nchannels = a b\n"
		    "[message m]\ntext = Ho\n",
		    "{\"added\":[\"[channel b]\"],\"removed\":[],\"changed\":"
		    "[\"[ttsd]\",\"[zone z]\",\"[message m]\"]}" },
		/* Of the other daemons. */
		{ "[channel a]\n[output o]\nurl = rtmp://a/b\n",
		    "[channel a]\n[output o]\nurl = rtmp://a/c\n"
		    "[streamer]\nffmpeg = x\n",
		    NOTHING },
		/* Of these the name alone. */
		{ "[channel a]\n[video v]\nsource = colour\n",
		    "[channel a]\n[video v]\nsource = colour\nfps = 9\n",
		    NOTHING },
		{ "[channel a]\n", "[channel a]\n[video v]\nsource = colour\n",
		    "{\"added\":[\"[video v]\"],\"removed\":[],"
		    "\"changed\":[]}" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++)
		expect_news(rows[i].was, rows[i].now, rows[i].news);
}

static void
test_differs(void **state)
{
	static const char *const music[] = { "bed", "bed_volume", NULL };
	static const char *const speech[] = { "voice", NULL };
	json_t *was = told("[channel a]\nbed = x\n[channel b]\n");
	json_t *now = told("[channel a]\nbed = y\n[channel c]\nbed = z\n");

	(void)state;
	assert_true(conf_told_differs(was, now, "channel", "a", music));
	assert_false(conf_told_differs(was, now, "channel", "a", speech));
	assert_false(conf_told_differs(was, now, "channel", "b", music));
	assert_false(conf_told_differs(was, now, "channel", "c", music));
	assert_false(conf_told_differs(NULL, now, "channel", "a", music));
	json_decref(was);
	json_decref(now);
}

/* What another daemon goes by is told whole, though ttsd goes by its name
 * alone, or by nothing of it. */
static void
test_sections(void **state)
{
	static const char *const some[] = { "http", "schedule", NULL };
	static const char text[] = "[channel a]\n[http]\nanonymous = none\n"
				   "[schedule bell]\nat = 8:00\ntext = Hi\n";
	struct conf c;
	struct conf_error e = { "" };
	json_t *told;
	const json_t *bell;

	(void)state;
	assert_int_equal(conf_init(&c), 0);
	assert_int_equal(conf_parse(&c, "f", text, strlen(text), &e), 0);
	assert_int_equal(conf_finish(&c, &e), 0);
	told = conf_tell_sections(&c, some);
	assert_int_equal(json_object_size(told), 2);
	assert_non_null(conf_told_of(told, "http", ""));
	bell = conf_told_of(told, "schedule", "bell");
	assert_string_equal(
	    json_string_value(json_object_get(bell, "text")), "Hi");
	json_decref(told);
	conf_done(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_news),
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
