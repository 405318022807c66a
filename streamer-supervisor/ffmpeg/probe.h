/*
 * What can this ffmpeg do? Asked of the program itself, in the background:
 * nothing waits for the answer but the outputs' first start, and that only
 * for PROBE_MAX_NS.
 *
 * What is not known is not held against it: a program that gives no answer
 * is tried, and its own complaints tell the rest.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_PROBE_H
#define STREAMER_SUPERVISOR_FFMPEG_PROBE_H

#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg/plan.h"

#define PROBE_MAX_NS (10 * NS_PER_S)

struct probe;

/* Asks at once; `done` is called after every round of questions. `program`
 * must outlive the probe. */
int probe_new(struct loop *l, const char *program, void (*done)(void *arg),
    void *arg, struct probe **out);
/* NULL is fine. */
void probe_free(struct probe *p);

/* Asks again: ffmpeg may have been installed since. While it is asking that
 * comes afterwards; within `done`, where the answer is fresh, not at all. */
void probe_again(struct probe *p);

/* True when this ffmpeg is known to lack what `plan` needs; `why` is then
 * told in plain words, with what to do. */
bool probe_lacks(
    const struct probe *p, const struct plan *plan, char *why, size_t size);

/* 5.1 or newer: it has options that shorten waits. */
bool probe_is_modern(const struct probe *p);

/* "5.1.9-0+deb12u1"; "" while unknown. */
const char *probe_version(const struct probe *p);

#endif
