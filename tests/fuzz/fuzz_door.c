/*
 * Any bytes from a client of the gateway: its whole HTTP server, with what it
 * serves, but without daemons to ask. Whatever comes, the connection ends, and
 * nothing of it is left.
 */
#include "tests/fuzz/fuzz.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/conf/conf.h"
#include "gateway/api/api.h"
#include "gateway/http/door.h"

/* Turns of the loop in which what was written is seen, and in which a
 * connection that was closed is. */
#define TURNS_READING 8
#define TURNS_MAX 20000

static struct conf conf;
static struct runtime_dir dir;
static struct api api;
static struct door_spec spec;
static struct door *door;
static struct timer *turn;
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static int client = -1;
static unsigned turns;

/* Takes what comes, and ends the connection when all was seen. */
static void
turned(void *arg)
{
	char answer[65536];

	(void)arg;
	turns++;
	if (client >= 0)
		while (recv(client, answer, sizeof(answer), MSG_DONTWAIT) > 0)
			;
	if (client >= 0 && turns >= TURNS_READING) {
		close(client);
		client = -1;
	}
	MUST(turns < TURNS_MAX);
	if (client < 0 && door_connections(door) == 0)
		loop_stop(api.loop);
	else
		timer_at(turn, 0);
}

static void
clean(void)
{
	unlink(address.sun_path);
	rmdir(dir.path);
}

static void
start(void)
{
	char where[PLATFORM_PATH_MAX];
	bool tls;

	snprintf(dir.path, sizeof(dir.path), "/tmp/ttsd-fuzz-XXXXXX");
	MUST(mkdtemp(dir.path) != NULL);
	snprintf(address.sun_path, sizeof(address.sun_path), "%.60s/http.sock",
	    dir.path);
	atexit(clean);
	MUST(conf_init(&conf) == 0);
	MUST(loop_new(&api.loop) == 0);
	MUST(api_init(&api, api.loop, &conf, &dir, "/nowhere/tokens") == 0);
	api.access.anonymous.rights = ~UINT32_C(0);
	spec = (struct door_spec){
		.address = address.sun_path, .serve = api_serve, .arg = &api
	};
	/* Tokens are refused before a child is asked for them, which would be
	 * another one of these. */
	allowance_init(&api.access.guesses, 1000000 * NS_PER_S, 1);
	allowance_take(&api.access.guesses, getuid(), clock_awake_ns());
	MUST(door_new(api.loop, &spec, where, sizeof(where), &tls, &door) == 0);
	api.door = door;
	MUST(timer_new(api.loop, TIMER_COARSE, turned, NULL, &turn) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (door == NULL)
		start();
	/* Nobody is asked to wait here. */
	allowance_init(
	    &api.access.requests, ALLOWANCE_REQUEST_NS, ALLOWANCE_REQUESTS);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	MUST(client >= 0);
	MUST(
	    connect(client, (struct sockaddr *)&address, sizeof(address)) == 0);
	MUST(size == 0 || send(client, data, size, MSG_DONTWAIT) > 0);
	turns = 0;
	timer_at(turn, 0);
	loop_run(api.loop);
	MUST(door_counts(door)->open == 0);
	MUST(api.tellings == 0 && api.listeners == 0);
	return 0;
}
