/*
 * One ffmpeg that encodes once and sends to many: the outputs of a group.
 * Each has a queue and a thread of its own in it, so that one that is dead or
 * slow holds up no other. Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_TEE_H
#define STREAMER_SUPERVISOR_FFMPEG_TEE_H

#include "streamer-supervisor/ffmpeg/invocation.h"

/* A group has at most so many outputs. */
#define TEE_MAX 16

struct tee_member {
	const struct plan *plan;
	const struct conf_output *conf;
	int64_t number; /* of its first file, where files have numbers */
};

/* Returns the command line of the group's ffmpeg, as invocation_argv() does for
 * one output; the encoder is set up as the first member has it. */
char **tee_argv(const struct tee_member *members, size_t count,
    const struct conf_channel *channel, const struct invocation *start);

/* The receive buffer of the connection of a member that is read back, by its
 * place in that order, in bytes: process_cut() tells it by that from those of
 * the others. Nothing comes over it but acknowledgements. */
int tee_mark(unsigned index);

/* Do the members of every group of the configuration want the same sound,
 * and can they be in a group? ERR_INVALID with `e` filled. */
int tee_check(const struct conf *c, struct conf_error *e);

/* Is this ffmpeg's message that it gave up a member while it goes on with the
 * others? `*index` is then the member's place in the order of tee_argv(). */
bool tee_lost(const char *message, unsigned *index, char *why, size_t size);

#endif
