/*
 * Can the outputs of a configuration work? All that a start, a reload and
 * --check-config look at before anything is begun.
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_CHECK_H
#define STREAMER_SUPERVISOR_OUTPUTS_CHECK_H

#include "common/conf/conf.h"

/* Fails with ERR_INVALID or ERR_NOMEM, `e` filled. */
int outputs_check(const struct conf *c, struct conf_error *e);

/* The same for --check-config alone, which may wait for a disk and for ffmpeg:
 * are the files and folders there that videos and outputs name, and can this
 * ffmpeg send to them? What is lacking before the last is said on standard
 * error. Fails with ERR_INVALID, `e` filled. */
int outputs_prove(const struct conf *c, struct conf_error *e);

#endif
