/*
 * A whole ttsd in the fake world, with speakers for its engines: what every
 * simulation of it begins with.
 */
#ifndef TESTS_SIM_STATION_H
#define TESTS_SIM_STATION_H

#include "tests/fake/client.h"
#include "tests/fake/fake.h"
#include "tests/sim/speaker.h"
#include "ttsd/control/ttsd.h"

#define STATION_CONTROL "/fake/control.sock"
#define STATION_MAIN "/fake/main.sock"

struct station {
	struct ttsd ttsd;
	struct client *client; /* without subscription */
	struct client *events; /* subscribed to all; NULL: not opened yet */
};

/* Nothing is kept (`durable = no`) unless the configuration has a word on
 * that. */

/* Begins a world with a ttsd that has started with the configuration file
 * `conf`. Ends the test where it does not start. */
void station_begin(struct station *s, uint64_t seed, const char *conf);
/* Starts a ttsd in a world that has begun; returns what ttsd_start() does. */
int station_start(struct station *s, const char *conf);
/* Reads a configuration file as ttsd does, and no more. */
void station_configure(struct conf *c, const char *text);
/* Stops ttsd as SIGTERM does, checks that nothing is left, and ends the
 * world. */
void station_end(struct station *s);
/* Does the same without the end of the world. */
void station_stop(struct station *s);
/* Ends ttsd as a power cut does, and closes its clients. */
void station_cut(struct station *s);
/* Starts the next one, and opens `client`. Ends the test where it does not
 * start. */
void station_start_again(struct station *s, const char *conf);

/* Has ttsd's successor take its place, with that configuration file. Only
 * children are handed over, so connections are opened anew, and so are sockets.
 * Returns false where ttsd says that it cannot be just now. */
bool station_upgrade(struct station *s, const char *conf);

/* Opens `events`, from now on. */
void station_listen(struct station *s);

/* What `client` was answered: `r`, as client_ask() returned it, or the reply
 * that comes within two seconds. Ends the test without one. */
const json_t *station_reply(struct station *s, const json_t *r);

/* Asks the fields of an object ("'op':'ping'"), and returns the reply; as
 * station_reply(). The second one ends the test where it is an error, the third
 * where it is none that has these words. */
const json_t *station_ask(struct station *s, const char *fields);
const json_t *station_good(struct station *s, const char *fields);
void station_refuses(struct station *s, const char *fields, const char *words);

/* Has a text said; returns its id. `more` are more fields: ",'key':'x'". */
uint64_t station_say(struct station *s, const char *text, const char *more);
/* Lets time pass, a minute at most, until that announcement has ended; returns
 * the event of its end. */
const json_t *station_wait(struct station *s, uint64_t id);

#endif
