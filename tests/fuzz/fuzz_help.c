/* Any bytes as what a daemon says that it can be asked for: the description of
 * the gateway is whole, and what is not understood takes the right `admin`. */
#include "tests/fuzz/fuzz.h"

#include "gateway/api/openapi.c"
#include "gateway/daemons/roster.c"

static struct api api;

static void
start(void)
{
	int i;

	MUST(loop_new(&api.loop) == 0);
	for (i = 0; i < API_DAEMONS; i++) {
		api.peers[i].prefix = i ? "/v1/outputs/" : "/v1/";
		MUST(peer_new(api.loop, "ttsd", "/nowhere",
			 &api.peers[i].peer) == 0);
		MUST(roster_new(api.peers[i].peer, &api.peers[i].roster) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct roster *r;
	json_t *paths, *op;
	const char *name;
	char *line;

	if (api.loop == NULL)
		start();
	line = exact_copy(data, size);
	r = api.peers[API_TTSD].roster;
	answered(r, line, size, 0);
	free(line);
	json_object_foreach((json_t *)(uintptr_t)roster_ops(r), name, op)
	{
		MUST(roster_find(r, name) == op);
		MUST(op_right(op) < RIGHT_COUNT);
		op_takes(op, "channel");
	}
	paths = all_paths(&api);
	MUST(json_is_object(json_object_get(paths, "/v1/events")));
	json_decref(paths);
	return 0;
}
