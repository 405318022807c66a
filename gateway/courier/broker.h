/*
 * The connection to a broker, by libmosquitto, which may wait.
 *
 * libmosquitto acknowledges a message before it hands it over. Here an
 * acknowledgement is only queued by then (mosquitto_threaded_set()), and
 * nothing is written, nor read, before the message is dealt with: so a message
 * is acknowledged once ttsd has it, and never before. On a connection that is
 * lost meanwhile the broker gives it once more.
 */
#ifndef GATEWAY_COURIER_BROKER_H
#define GATEWAY_COURIER_BROKER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct broker;

/* `settings` stays the caller's and must live on. ERR_NOMEM, ERR_INVALID. */
int broker_new(const json_t *settings, struct broker **out);
/* Without a word to the broker, which then tells the last will. NULL is
 * fine. */
void broker_free(struct broker *b);

void broker_want(struct broker *b, bool wanted);
/* Subscribes, and tells everybody that we are there. */
void broker_serve(struct broker *b);
void broker_publish(struct broker *b, const json_t *request);
/* What became of the message that was told last. */
void broker_done(struct broker *b, uint64_t number, bool dealt_with);

/* What socket_wait() is to wait for, standard input with it, and until when. */
int broker_socket(const struct broker *b);
unsigned broker_wants(const struct broker *b);
int64_t broker_until_ns(const struct broker *b);
/* Does what is due. `ready`: as socket_wait() told. */
void broker_turn(struct broker *b, unsigned ready);

#endif
