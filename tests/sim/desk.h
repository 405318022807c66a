/*
 * A whole supervisor in the fake world, with encoders for its ffmpegs and a
 * ttsd that the test plays: what every simulation of it begins with.
 */
#ifndef TESTS_SIM_DESK_H
#define TESTS_SIM_DESK_H

#include "streamer-supervisor/control/supervisor.h"
#include "tests/fake/client.h"
#include "tests/fake/fake.h"
#include "tests/sim/encoder.h"

#define DESK_STREAMER "/fake/streamer.sock"
#define DESK_CONTROL "/fake/control.sock"

struct desk {
	struct supervisor sv;
	struct client *client;
	struct stream *link; /* of the supervisor to ttsd; NULL: none */
	bool speaking;       /* what ttsd says of its channels */
	/* What it says of their readers: up to which sample of 24,000 a second
	 * they have been given all, and from which one on without a gap; they
	 * began with sample 0. */
	uint64_t sample, edge;
	bool hoards;      /* it does not answer what it is told of receipts */
	json_t *receipts; /* that it was told */
	json_t *ended;    /* items of its history; NULL: it keeps none */
	json_t *told;     /* events of its, by number, as texts */
	/* Called while a supervisor's successor takes its place; NULL: not. */
	void (*meanwhile)(struct desk *d);
};

/* Begins a world with a ttsd on air and a supervisor that has started with the
 * configuration file `conf`. Ends the test where it does not start. */
void desk_begin(struct desk *d, uint64_t seed, const char *conf);
/* Starts a supervisor in a world that has begun; returns what
 * supervisor_start() does. */
int desk_start(struct desk *d, const char *conf);
/* Stops the supervisor as SIGTERM does, checks that nothing is left, and ends
 * the world. */
void desk_end(struct desk *d);
/* The same in two steps, with the world's end for the second. */
void desk_stop(struct desk *d);
void desk_leave(struct desk *d);

/* Has ttsd come on air, or go. */
void desk_ttsd(struct desk *d, bool up);
/* Has ttsd say that it skipped sound for that process. */
void desk_lag(struct desk *d, int64_t pid);
/* Has it say that an announcement has ended with the sample before `end`. */
void desk_speak(struct desk *d, uint64_t id, uint64_t from, uint64_t end);
/* The states that ttsd was told of an announcement at an output, in order,
 * "sent delivered missed: REASON". */
const char *desk_receipts(
    const struct desk *d, uint64_t id, const char *output);

/* Has the supervisor's successor take its place. Returns false where the
 * supervisor says that it cannot be just now. */
bool desk_upgrade(struct desk *d);

/* Asks the supervisor's control socket to "start", "stop", "restart" or
 * "remove" an output. Returns true for ok. */
bool desk_ask(struct desk *d, const char *op, const char *name);
/* Adds an output, with keys as JSON: "'url':'rtmp://…'". */
bool desk_add(struct desk *d, const char *name, const char *keys);
/* Puts `conf` in place of the file, and reloads. */
bool desk_reload(struct desk *d, const char *conf);

/* The output of that name, or NULL. */
struct output *desk_output(const struct desk *d, const char *name);
/* The state of the output; ends the test where there is none. */
enum child_state desk_state(const struct desk *d, const char *name);
/* Lets time pass, for `ns` at most, until the output is in that state; ends
 * the test otherwise. */
void desk_until(
    struct desk *d, const char *name, enum child_state state, int64_t ns);
/* What `status` says of an output; valid until the next request. */
const json_t *desk_status(struct desk *d, const char *name);

/* Checks what must hold whenever nothing is left to do. */
void desk_check(const struct desk *d);

#endif
