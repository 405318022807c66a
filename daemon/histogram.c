#include "daemon/histogram.h"

#include "common/body.h"

void
histogram_init(struct histogram *h, const int64_t *bounds_ns)
{
	*h = (struct histogram){ .bounds_ns = bounds_ns };
}

void
histogram_add(struct histogram *h, int64_t ns)
{
	unsigned i = 0;

	if (ns < 0)
		ns = 0;
	while (ns > h->bounds_ns[i])
		i++;
	h->counts[i]++;
	h->sum_ns += ns;
}

static unsigned
bucket_count(const struct histogram *h)
{
	unsigned n = 0;

	while (h->bounds_ns[n++] != INT64_MAX)
		;
	return n;
}

json_t *
histogram_save(const struct histogram *h)
{
	json_t *o = json_object(), *bounds = json_array(),
	       *counts = json_array();
	unsigned i, n = bucket_count(h);

	for (i = 0; i < n; i++) {
		body_append(&bounds, json_integer(h->bounds_ns[i]));
		body_append(&counts, json_integer((json_int_t)h->counts[i]));
	}
	body_put(&o, "bounds", bounds);
	body_put(&o, "counts", counts);
	body_put(&o, "sum", json_integer(h->sum_ns));
	return o;
}

static int64_t
number_at(const json_t *list, size_t i)
{
	return json_integer_value(json_array_get(list, i));
}

void
histogram_restore(struct histogram *h, const json_t *saved)
{
	const json_t *bounds = json_object_get(saved, "bounds");
	const json_t *counts = json_object_get(saved, "counts");
	unsigned i, n = bucket_count(h);

	if (json_array_size(bounds) != n || json_array_size(counts) != n)
		return;
	for (i = 0; i < n; i++)
		if (number_at(bounds, i) != h->bounds_ns[i])
			return;
	for (i = 0; i < n; i++)
		h->counts[i] = (uint64_t)number_at(counts, i);
	h->sum_ns = json_integer_value(json_object_get(saved, "sum"));
}
