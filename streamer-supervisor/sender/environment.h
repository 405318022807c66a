/* What all outputs share, and what outlives them. */
#ifndef STREAMER_SUPERVISOR_SENDER_ENVIRONMENT_H
#define STREAMER_SUPERVISOR_SENDER_ENVIRONMENT_H

#include <jansson.h>

#include "streamer-supervisor/ffmpeg/probe.h"
#include "streamer-supervisor/ffmpeg/trial.h"
#include "streamer-supervisor/sender/pictures.h"
#include "streamer-supervisor/sender/source.h"

struct environment {
	struct loop *loop;
	struct source *source;
	struct probe *probe;
	struct trial *trial;
	const char *program;             /* ffmpeg's path or name */
	const char *control;             /* path of ttsd's control socket */
	const struct pictures *pictures; /* NULL: there are none */
	struct group *groups;            /* the list of group.c */
	struct sender *senders;          /* the list of sender.c */
	struct heralding **heraldings;   /* the list of heralding.h */
	/* The captions of an output are over (captioning.h). */
	void (*captions_over)(void *arg);
	/* It is known what became of an announcement at an output: `id`, a
	 * `state` of receipts/owed.h and what belongs to it. Taken over; NULL
	 * without memory. */
	void (*receipt)(void *arg, const char *output, const char *channel,
	    json_t *receipt);
	void *arg;
};

#endif
