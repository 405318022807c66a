/* What all outputs share; it outlives them. */
#ifndef STREAMER_SUPERVISOR_SENDER_ENVIRONMENT_H
#define STREAMER_SUPERVISOR_SENDER_ENVIRONMENT_H

#include "streamer-supervisor/ffmpeg/probe.h"
#include "streamer-supervisor/sender/source.h"

struct environment {
	struct loop *loop;
	struct source *source;
	struct probe *probe;
	const char *program;    /* the ffmpeg */
	struct group *groups;   /* of group.c */
	struct sender *senders; /* of sender.c */
};

#endif
