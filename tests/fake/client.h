/*
 * A client of a daemon's control socket in the fake world: sends request
 * lines, and keeps replies and events apart.
 */
#ifndef TESTS_FAKE_CLIENT_H
#define TESTS_FAKE_CLIENT_H

#include <jansson.h>

#include "tests/fake/fake.h"

struct client;

/* Connects; ends the test where nobody listens. */
struct client *client_open(const char *path);
/* NULL is fine. */
void client_close(struct client *c);
/* Returns the peer of the client's connection, for what fake.h does to it. */
struct stream *client_peer(struct client *c);

/* Sends one line (its newline is added) and waits for nothing. */
void client_send(struct client *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Sends a JSON request, settles, and returns its reply; NULL when there is
 * none yet. In `fmt`, ' stands for ". Valid until the next call. */
const json_t *client_ask(struct client *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The same of a plain request; "" when there is no reply yet. */
const char *client_plain(struct client *c, const char *line);

/* The next reply or event that has arrived; NULL when there is none. Valid
 * until the next call for one of the same kind. */
const json_t *client_reply(struct client *c);
const json_t *client_event(struct client *c);
/* Skips events until one of that name (and that id, if it is not 0). */
const json_t *client_event_of(struct client *c, const char *name, uint64_t id);

/* These read a reply's fields by their names; "" and 0 where there is none. */
bool reply_ok(const json_t *reply);
const char *reply_error_code(const json_t *reply);
const char *json_text(const json_t *object, const char *name);
int64_t json_number(const json_t *object, const char *name);

#endif
