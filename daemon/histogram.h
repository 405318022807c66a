/*
 * How long something took, counted into buckets, as Prometheus reads it.
 *
 * Pure; the bounds belong to the caller and outlive it.
 */
#ifndef DAEMON_HISTOGRAM_H
#define DAEMON_HISTOGRAM_H

#include <jansson.h>
#include <stdint.h>

#define HISTOGRAM_BUCKETS_MAX 16

struct histogram {
	/* Upper ends of the buckets, inclusive, rising; the last one is
	 * INT64_MAX. At most HISTOGRAM_BUCKETS_MAX of them. */
	const int64_t *bounds_ns;
	uint64_t counts[HISTOGRAM_BUCKETS_MAX]; /* of each bucket alone */
	int64_t sum_ns;
};

void histogram_init(struct histogram *h, const int64_t *bounds_ns);

/* A time before zero counts as zero. */
void histogram_add(struct histogram *h, int64_t ns);

/* What was counted, for a successor; NULL without memory. Where the bounds are
 * others by now, or `saved` is none, counting begins anew. */
json_t *histogram_save(const struct histogram *h);
void histogram_restore(struct histogram *h, const json_t *saved);

#endif
