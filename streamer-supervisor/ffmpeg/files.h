/*
 * Where outputs write files: two that write the same ones destroy each other's
 * stream, and each looks healthy. Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_FILES_H
#define STREAMER_SUPERVISOR_FFMPEG_FILES_H

#include "common/conf/conf.h"

/* Holds every url, backup_url and sdp_file against every other, as far as they
 * are paths of this machine. Paths are compared as texts: links are not
 * followed. Fails with ERR_INVALID, `e` naming both outputs, or ERR_NOMEM. */
int files_check(const struct conf *c, struct conf_error *e);

#endif
