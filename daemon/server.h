/*
 * A control socket: sessions (common/control/session.h) on streams. The same
 * code on every system.
 *
 * Requests are answered, and answers and events written, in turns of
 * SERVER_TURN_NS over all connections in rotation, so that neither one flood
 * nor many can hold up the loop. An event is held once for all who are to read
 * it; when more than SERVER_HELD_MAX bytes wait for all clients together, those
 * for whom most waits are dropped first.
 */
#ifndef DAEMON_SERVER_H
#define DAEMON_SERVER_H

#include "common/control/session.h"
#include "platform/succession.h"

#define SERVER_TURN_NS (NS_PER_MS / 2)
/* A client that reads nothing of what waits for it for so long is dropped. */
#define SERVER_PATIENCE_NS (30 * NS_PER_S)
#define SERVER_HELD_MAX (32 * 1024 * 1024)

struct server;

/* `api` must outlive the server. Errors as listener_new(). */
int server_new(struct loop *l, const char *path, const struct control_api *api,
    size_t clients_max, struct server **out);

/* From one program to its successor: the socket, and every connection with what
 * it asked for, what it was not sent yet, and what it is subscribed to. NULL
 * without memory; ERR_INVALID, ERR_NOMEM. What waits is asked again by
 * server_retry(). */
json_t *server_hand_over(const struct server *sv, struct parcel *p);
int server_take_over(struct loop *l, struct parcel *p, const json_t *word,
    const struct control_api *api, size_t clients_max, struct server **out);

/* The numbers of events go on; to be called behind server_number_events(). */
json_t *server_events_save(const struct server *sv);
void server_events_restore(struct server *sv, const json_t *word);
/* The lines of those that are remembered, and how many bytes those are about.
 * They may come to the successor while it tells events: in parts of whole
 * lines, and are in force once they are complete. Fail as buf_put(); with
 * ERR_NOMEM, ERR_INVALID. */
int server_events_copy(const struct server *sv, struct buf *out);
size_t server_events_bytes(const struct server *sv);
int server_events_refill(struct server *sv, const char *lines, size_t len);
void server_events_complete(struct server *sv);

/* Leaves room for connections, as listener_leave() says. */
void server_leave(struct server *sv, size_t connections);

/* Closes every connection and the socket. NULL is fine. */
void server_free(struct server *sv);

/* Has all events numbered ("seq") behind `number`, and so many bytes of those
 * of `remembered`, one bit each, kept for who subscribes and was away
 * (session.h). */
void server_number_events(
    struct server *sv, uint64_t number, uint32_t remembered, size_t bytes);
/* Has numbers go on behind `number`, where that is higher. */
void server_leap(struct server *sv, uint64_t number);
/* The number of the last event, and that from which on none is missing. */
uint64_t server_last_number(const struct server *sv);
uint64_t server_remembers_from(const struct server *sv);

/* Does anybody listen for this event? */
bool server_is_heard(
    const struct server *sv, unsigned event, const char *channel);
/* Does anybody, or is it remembered? If not, it need not be built. */
bool server_wants(const struct server *sv, unsigned event, const char *channel);
/* At most so many different leads are kept apart. */
#define SERVER_LEADS_MAX 16

/* Copies the different leads, in ms (session.h), of those who subscribed, the
 * first `max` of them, and returns how many. The leads are collected when
 * somebody subscribes or leaves, so that asking costs nothing. */
size_t server_leads(const struct server *sv, int64_t *leads, size_t max);

/* Hands one event to all who subscribed with that lead, or to all who
 * subscribed when it is SERVER_ANY_LEAD; takes over `body`. NULL is an event
 * that there was no memory for: those who wait for it are cut off, and so know
 * that they missed something. */
#define SERVER_ANY_LEAD -1
/* The same, of an event that is not remembered, whatever its kind. */
#define SERVER_ONCE -2
void server_publish(struct server *sv, unsigned event, const char *channel,
    int64_t lead_ms, json_t *body);

/* Asks requests that were answered with OP_LATER again: the owner calls it
 * when something changed. */
void server_retry(struct server *sv);

size_t server_clients(const struct server *sv);
/* Clients that were dropped because they did not read, since the start. */
uint64_t server_dropped(const struct server *sv);

#endif
