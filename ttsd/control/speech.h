/*
 * What is asked of the speech socket (ttsd/speech/speech_socket.h): `speak`, a
 * text as `say` takes it, with the manner of a channel, and on none.
 */
#ifndef TTSD_CONTROL_SPEECH_H
#define TTSD_CONTROL_SPEECH_H

#include "ttsd/control/ttsd.h"
#include "ttsd/speech/speech_socket.h"

/* The `arg` is a struct ttsd. */
extern const struct speech_owner ttsd_speech_owner;

/* The operations of that socket. */
extern const struct op ttsd_speech_ops[];

#endif
