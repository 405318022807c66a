/*
 * An address that ffmpeg reads from, kept out of its command line, which every
 * user of the machine can read: ffmpeg takes a list of files to read one after
 * the other, and reads that list from its standard input. Pure.
 *
 * It is for an address with a secret in it only, for an ffmpeg older than 5.0
 * cannot be told there how to read it.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_HIDDEN_INPUT_H
#define STREAMER_SUPERVISOR_FFMPEG_HIDDEN_INPUT_H

#include <stdbool.h>

#include "common/args/argv.h"

/* Is there a secret in `url`, or might there be one? */
bool hidden_input_is_due(const char *url);

/* Adds the input. Options of the address are not for the command line but for
 * hidden_input_list(). */
void hidden_input_argv(struct argv *a);

/* Returns what ffmpeg is to read: the address and its options, lines of
 * "option NAME VALUE". The caller frees it; NULL without memory. */
char *hidden_input_list(const char *url, const char *options);

#endif
