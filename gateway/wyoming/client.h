/*
 * One connection, in two files: client.c has its life and its turns, talk.c
 * what is asked by it and answered.
 */
#ifndef GATEWAY_WYOMING_CLIENT_H
#define GATEWAY_WYOMING_CLIENT_H

#include <jansson.h>

#include "gateway/sound/speaker.h"
#include "gateway/wyoming/reader.h"
#include "gateway/wyoming/wyoming.h"

/* More than this of sound waits for no client. */
#define CLIENT_WAITING_MAX ((size_t)64 * 1024)
/* A text that goes on is spoken in pieces of so many bytes at most. */
#define CLIENT_PIECE_MAX ((size_t)8 * 1024)

/* RESTING: nothing is asked. ASKING: the list of voices is waited for.
 * SPEAKING: a text is spoken, and no more of it comes; STREAMING: it comes in
 * pieces. LEAVING: what waits is sent. */
#define CLIENT_STATES(X)          \
	X(RESTING, "resting")     \
	X(ASKING, "asking")       \
	X(SPEAKING, "speaking")   \
	X(STREAMING, "streaming") \
	X(LEAVING, "leaving")     \
	X(GONE, "gone")

enum client_state {
#define X(state, name) CLIENT_##state,
	CLIENT_STATES(X)
#undef X
	    CLIENT_STATE_COUNT
};

struct wyoming_client {
	struct http_slot slot; /* first */
	struct wyoming *wyoming;
	struct stream *stream;
	enum client_state state; /* set by client_enter() alone */
	struct reader reader;
	struct buf out;
	struct buf text; /* that is still to be spoken */
	bool in_stream;  /* synthesize-stopped is due at its end */
	bool begun;      /* audio-start was sent */
	bool finished;   /* it sends no more */
	bool moved;      /* something came or went */
	json_t *manner;  /* fields of `speak` */
	struct speaker *speaker;
	struct question *asked;
	struct loop_task work, release;
	struct wyoming_client *next;
};

/* Changes its state; what may not follow is left out, so that who is leaving,
 * or gone, stays so whatever is heard of what was asked before. */
void client_enter(struct wyoming_client *c, enum client_state to);
/* It has a turn soon. */
void client_stir(struct wyoming_client *c);
/* Sends an event; takes `data` over. */
void client_put(struct wyoming_client *c, const char *type, json_t *data,
    const void *payload, size_t len);
/* Says why, and hangs up: clients wait for the end of the sound, and see by
 * this alone that there is none. */
void client_fail(struct wyoming_client *c, const char *code, const char *why);

/* talk.c: takes what was sent, as far as it is listened to. */
void talk_read(struct wyoming_client *c);
/* Has the next piece of its text spoken, where nothing is. */
void talk_speak_on(struct wyoming_client *c);
/* Ends what is spoken. */
void talk_hush(struct wyoming_client *c);
/* And what is asked: it goes. */
void talk_forget(struct wyoming_client *c);

#endif
