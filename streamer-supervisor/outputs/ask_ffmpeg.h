/*
 * Has this ffmpeg what the outputs of a configuration need? For --check-config,
 * which may wait for it; a start finds out as it goes (ffmpeg/probe.h).
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_ASK_FFMPEG_H
#define STREAMER_SUPERVISOR_OUTPUTS_ASK_FFMPEG_H

#include "daemon/missing.h"

/* Asks it, for PROBE_MAX_NS at most, and complains of each address that it
 * cannot send to. Without outputs nothing is asked. Fails with ERR_NOMEM and
 * errors of the system, `m` as it was. */
int ask_ffmpeg(const struct conf *c, struct missing *m);

#endif
