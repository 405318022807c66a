/*
 * Decides how long to wait for a server that should send sound. Its answer must
 * move on: a byte now and then, to keep us waiting, is not enough.
 */
#ifndef TTSD_ENGINES_NET_PATIENCE_H
#define TTSD_ENGINES_NET_PATIENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of sound that begin the waiting anew; some 20 ms of speech. */
#define PATIENCE_BYTES 1024

struct patience {
	unsigned timeout_ms; /* 0: for ever */
	int64_t deadline_ns;
	size_t bytes; /* since the waiting began */
};

void patience_begin(struct patience *p, unsigned timeout_ms);

/* So many bytes of sound came, and passing them on began at since_ns
 * (io_now_ns()): the reader's slowness is not the server's. */
void patience_fed(struct patience *p, size_t bytes, int64_t since_ns);

bool patience_over(const struct patience *p);

#endif
