/*
 * ttsd-gateway while memory runs out: for every kind of request, each time that
 * it asks for memory it is refused once (libmicrohttpd's own requests are not
 * seen). Whatever is answered, the connection ends, nothing of it is left, and
 * the next request is served.
 */
#include "tests/unit/test.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/conf/conf.h"
#include "gateway/api/api.h"
#include "gateway/http/door.h"
#include "tests/fake/fake.h"
#include "tests/sim/shortage.h"

/* Turns of the loop: for an answer, and until what is left has gone. */
#define TURNS_ASKING 40
#define TURNS_MAX 100000

static const char help[] =
    "{\"ok\":true,\"ops\":{\"say\":{\"may\":\"say\",\"help\":\"x\","
    "\"fields\":{\"text\":{\"type\":\"string\"},\"by\":{\"type\":\"string\"},"
    "\"p\":{\"type\":\"choice\",\"choices\":[\"a\"]}}}}}\n";
static const char event[] =
    "{\"event\":\"word\",\"channel\":\"main\",\"seq\":7}\n";
static const char subscribed[] = "{\"ok\":true,\"seq\":5}\n";
static const char status[] =
    "{\"ok\":true,\"channels\":[{\"name\":\"main\"}]}\n";
static const char done[] = "{\"ok\":true}\n";
/* A word, two samples, and the end. */
static const char spoken[] = "{\"ok\":true,\"rate\":24000,\"channels\":1}\n"
			     "\x29\0\0\0M{\"mark\":\"word\",\"sample\":0,"
			     "\"text\":\"Hello\"}"
			     "\x04\0\0\0Pabcd"
			     "\x0d\0\0\0E{\"samples\":2}";

static struct conf conf;
static struct runtime_dir dir;
static struct api api;
static struct door_spec spec;
static struct door *door;
static struct timer *turn;
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static bool gateway_runs; /* and asks for memory, not we */

static int client = -1;
static char answer[16384];
static size_t answered;
static unsigned turns;

/* The name that shortage.c asks by. */
bool
fake_in_daemon(void)
{
	return gateway_runs;
}

/* ---- ttsd --------------------------------------------------------------- */

static struct stream *links[64], *teller;
static struct listener *listener, *speech;

static size_t
link_number(const struct stream *s)
{
	size_t i = 0;

	while (i < COUNT_OF(links) && links[i] != s)
		i++;
	assert_true(i < COUNT_OF(links));
	return i;
}

static void
say(struct stream *s, const char *line)
{
	stream_write(s, line, strlen(line));
}

static void
asked(void *arg, const uint8_t *data, size_t len)
{
	struct stream *s = *(struct stream **)arg;
	char line[1024];

	snprintf(line, sizeof(line), "%.*s", (int)len, (const char *)data);
	if (strstr(line, "\"help\"")) {
		say(s, help);
	} else if (strstr(line, "\"status\"")) {
		say(s, status);
	} else if (strstr(line, "\"subscribe\"")) {
		say(s, subscribed);
		say(s, event);
		teller = s;
	} else if (strstr(line, "\"speak\"")) {
		stream_write(s, spoken, sizeof(spoken) - 1);
	} else {
		say(s, done);
	}
}

static void
link_ended(void *arg, int err)
{
	struct stream **at = arg;

	(void)err;
	if (teller == *at)
		teller = NULL;
	stream_close(*at);
	*at = NULL;
}

static const struct stream_events link_events = { .data = asked,
	.ended = link_ended };

static void
accepted(void *arg, struct stream *s)
{
	size_t i = link_number(NULL);

	(void)arg;
	links[i] = s;
	stream_set_owner(s, &link_events, &links[i]);
}

/* ---- a client ----------------------------------------------------------- */

static bool
is_over(void)
{
	return client < 0 && door_connections(door) == 0 && api.hubs == NULL;
}

static void
take(void)
{
	ssize_t n = recv(client, answer + answered,
	    sizeof(answer) - 1 - answered, MSG_DONTWAIT);

	if (n > 0)
		answered += (size_t)n;
	answer[answered] = '\0';
}

static void
turned(void *arg)
{
	(void)arg;
	turns++;
	if (client >= 0)
		take();
	if (client >= 0 && turns >= TURNS_ASKING) {
		close(client);
		client = -1;
	}
	/* Who is told something is found to have gone. */
	if (client < 0 && teller)
		say(teller, event);
	assert_true(turns < TURNS_MAX);
	if (is_over())
		loop_stop(api.loop);
	else
		timer_at(turn, 0);
}

/* Asks, and hangs up; all of it is over when this returns. */
static void
ask(const char *request)
{
	allowance_init(
	    &api.access.requests, ALLOWANCE_REQUEST_NS, ALLOWANCE_REQUESTS);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(
	    connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_true(send(client, request, strlen(request), 0) > 0);
	answered = 0;
	turns = 0;
	timer_at(turn, 0);
	gateway_runs = true;
	loop_run(api.loop);
	gateway_runs = false;
	assert_int_equal(door_counts(door)->open, 0);
	assert_int_equal(api.tellings, 0);
	assert_int_equal(api.listeners, 0);
}

static void
each_request_refused(const char *request, const char *well)
{
	size_t i, count;

	ask(request);
	shortage_begin(1, 0);
	ask(request);
	count = shortage_asked();
	assert_non_null(strstr(answer, well));
	for (i = 1; i <= count; i++) {
		shortage_begin(i, 1);
		ask(request);
		shortage_end();
	}
	ask(request);
	assert_non_null(strstr(answer, well));
}

#define HEAD " HTTP/1.1\r\nHost: localhost\r\n"

static void
test_operations(void **state)
{
	(void)state;
	each_request_refused("POST /v1/say" HEAD
			     "Idempotency-Key: k\r\nContent-Length: 12\r\n\r\n"
			     "{\"text\":\"x\"}",
	    "{\"ok\":true}");
	each_request_refused(
	    "POST /v1/fly" HEAD "Content-Length: 0\r\n\r\n", "unknown-op");
}

static void
test_pages(void **state)
{
	(void)state;
	each_request_refused("GET /openapi.json" HEAD "\r\n", "\"/v1/say\"");
	each_request_refused("GET /readyz" HEAD "\r\n", "ok\n");
	each_request_refused("GET /metrics" HEAD "\r\n", "gateway_exchanges");
	each_request_refused("GET /nothing" HEAD "\r\n", "not-found");
	each_request_refused("OPTIONS /v1/say" HEAD "\r\n", "POST, OPTIONS");
}

static void
test_speech(void **state)
{
	(void)state;
	each_request_refused("POST /v1/audio/speech" HEAD
			     "Content-Length: 37\r\n\r\n"
			     "{\"input\":\"x\",\"response_format\":\"pcm\"}",
	    "abcd");
	each_request_refused("POST /v1/audio/speech" HEAD
			     "Content-Length: 92\r\n\r\n"
			     "{\"input\":\"x\",\"response_format\":\"pcm\","
			     "\"stream_format\":\"sse\","
			     "\"timestamp_granularities\":\"word\"}",
	    "speech.audio.done");
}

static void
test_events(void **state)
{
	(void)state;
	each_request_refused("GET /v1/events?events=word&channel=main" HEAD
			     "\r\n",
	    "event: word");
	each_request_refused("GET /v1/outputs/events" HEAD "\r\n", "503");
}

/* ---- life --------------------------------------------------------------- */

static int
begin(void **state)
{
	char where[PLATFORM_PATH_MAX], control[PLATFORM_PATH_MAX];
	bool tls;

	(void)state;
	snprintf(dir.path, sizeof(dir.path), "/tmp/ttsd-short-XXXXXX");
	assert_non_null(mkdtemp(dir.path));
	snprintf(address.sun_path, sizeof(address.sun_path), "%.60s/http.sock",
	    dir.path);
	assert_int_equal(
	    path_socket(dir.path, "control", control, sizeof(control)), 0);
	assert_int_equal(conf_init(&conf), 0);
	assert_int_equal(loop_new(&api.loop), 0);
	assert_int_equal(
	    listener_new(api.loop, control, accepted, NULL, &listener), 0);
	assert_int_equal(
	    path_socket(dir.path, "speech", control, sizeof(control)), 0);
	assert_int_equal(
	    listener_new(api.loop, control, accepted, NULL, &speech), 0);
	assert_int_equal(
	    api_init(&api, api.loop, &conf, &dir, "/nowhere/tokens"), 0);
	api.access.anonymous.rights = ~UINT32_C(0);
	spec = (struct door_spec){
		.address = address.sun_path, .serve = api_serve, .arg = &api
	};
	assert_int_equal(
	    door_new(api.loop, &spec, where, sizeof(where), &tls, &door), 0);
	api.door = door;
	assert_int_equal(
	    timer_new(api.loop, TIMER_COARSE, turned, NULL, &turn), 0);
	return 0;
}

static int
end(void **state)
{
	size_t i;

	(void)state;
	door_close(door);
	api_done(&api);
	for (i = 0; i < COUNT_OF(links); i++)
		stream_close(links[i]);
	listener_close(listener);
	listener_close(speech);
	timer_free(turn);
	loop_free(api.loop);
	conf_done(&conf);
	rmdir(dir.path);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operations),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_speech),
	};

	return cmocka_run_group_tests_name(
	    "gateway_shortage", tests, begin, end);
}
