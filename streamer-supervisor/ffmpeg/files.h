/*
 * Where outputs write files: two that write the same ones destroy each other's
 * stream, and each looks healthy. Pure.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_FILES_H
#define STREAMER_SUPERVISOR_FFMPEG_FILES_H

#include "common/conf/conf.h"

/* Every url, backup_url and sdp_file against every other, as far as they are
 * paths of this machine. What is written by several is told by the text alone:
 * links are not followed. ERR_INVALID with `e` filled, naming both; ERR_NOMEM
 * likewise. */
int files_check(const struct conf *c, struct conf_error *e);

#endif
