/*
 * The checks, each in a file of its name, in the order in which they are made;
 * and what they judge by facts alone, for the tests.
 */
#ifndef TTSCTL_DOCTOR_CHECKS_CHECKS_H
#define TTSCTL_DOCTOR_CHECKS_CHECKS_H

#include "platform/inspect.h"
#include "platform/reach.h"
#include "ttsctl/doctor/doctor.h"
#include "ttsctl/doctor/speak.h"

#define CHECKS(X)                         \
	X(daemons, "daemons")             \
	X(configuration, "configuration") \
	X(versions, "versions")           \
	X(sockets, "sockets")             \
	X(keys, "keys and folders")       \
	X(disk, "disk space")             \
	X(clock, "clock")                 \
	X(scheduling, "time slice")       \
	X(descriptors, "descriptors")     \
	X(ledger, "ledger")               \
	X(ffmpeg, "ffmpeg")               \
	X(voices, "voices and clips")     \
	X(channels, "channels")           \
	X(outputs, "outputs")             \
	X(servers, "servers")             \
	X(tone, "tone")

#define X(function, name) \
	void check_##function(const struct patient *p, struct report *r);
CHECKS(X)
#undef X

/* ---- by facts alone --------------------------------------------------------
 */

/* Which versions run against each other: ours, and those of answers to
 * `status`, NULL where there is none. */
void judge_versions(struct report *r, const char *ours, const json_t *ttsd,
    const json_t *streamer);

/* A file that holds a secret; `daemon_uid`: who is to read it, -1: not known.
 */
void judge_key(struct report *r, const char *about, const char *path,
    const struct inspected_file *f, int64_t daemon_uid);

void judge_disk(struct report *r, const char *about, const char *path,
    const struct inspected_disk *d);

void judge_descriptors(
    struct report *r, const char *about, const struct inspected_process *p);

/* `status` of ttsd. */
void judge_ledger(struct report *r, const json_t *status);
void judge_channels(struct report *r, const json_t *status);

/* One of `outputs` in `status` of the supervisor. */
void judge_output(struct report *r, const json_t *output);

/* What was spoken of VOICES_TEXT, for a language; `english`: the same in
 * English, NULL for English itself, or where it is not known. */
#define VOICES_TEXT "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 365."
#define VOICES_DIGITS 15
void judge_voice(struct report *r, const char *about, const struct spoken *s,
    const struct spoken *english);

/* Whether the server of an output could be reached at a host and port. */
void judge_reached(struct report *r, const char *about, const char *host,
    uint16_t port, const struct reached *got);

/* Where the URL of an output leads to. False: to no server, or none that can be
 * asked. */
struct server_place {
	char host[256];
	uint16_t port;
	enum reach_kind kind;
	bool tls;
};
bool server_of(const char *url, struct server_place *out);

#endif
