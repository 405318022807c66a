/*
 * What can this ffmpeg do? The program itself is asked, in the background:
 * nothing waits for the answer but the outputs' first start, and that only
 * for PROBE_MAX_NS.
 *
 * What is not known is not held against it: a program that gives no answer
 * is tried, and its own complaints tell the rest.
 */
#ifndef STREAMER_SUPERVISOR_FFMPEG_PROBE_H
#define STREAMER_SUPERVISOR_FFMPEG_PROBE_H

#include "platform/succession.h"
#include "streamer-supervisor/ffmpeg/plan.h"

#define PROBE_MAX_NS (10 * NS_PER_S)

struct probe;

/* Makes a probe, which asks at once; `done` is called after every round of
 * questions. `program` must outlive the probe. */
int probe_new(struct loop *l, const char *program, void (*done)(void *arg),
    void *arg, struct probe **out);
/* NULL is fine. */
void probe_free(struct probe *p);

/* Asks again, for ffmpeg may have been installed since. A round that is under
 * way is followed by another; within `done`, where the answer is fresh, nothing
 * is asked. */
void probe_again(struct probe *p);

/* Return the answers for the program's successor, NULL without memory; and take
 * them as long as there are no others. ERR_INVALID, ERR_NOMEM. */
json_t *probe_hand_over(const struct probe *p, struct parcel *parcel);
int probe_take_over(
    struct probe *p, const struct parcel *parcel, const json_t *word);

/* Is this ffmpeg known to lack what `plan` needs? `why` then says so in plain
 * words, and what to do. */
bool probe_lacks(
    const struct probe *p, const struct plan *plan, char *why, size_t size);

/* The same of one encoder, which the plan does not tell of. `why` may be NULL,
 * with a size of 0. */
bool probe_lacks_encoder(
    const struct probe *p, const char *name, char *why, size_t size);

/* Is this ffmpeg 5.1 or newer? It then has options that shorten waits. */
bool probe_is_modern(const struct probe *p);

/* The version, as "5.1.9-0+deb12u1"; "" while it is not known. */
const char *probe_version(const struct probe *p);

#endif
