#include "streamer-supervisor/ear/compare/correlate.h"

#include <math.h>

/* So many sums run side by side, for a compiler must not change the order of
 * one. */
#define LANES 8

float
correlate_dot(const float *x, const float *y, size_t n)
{
	float lanes[LANES] = { 0 }, sum = 0;
	size_t i, j;

	for (i = 0; i + LANES <= n; i += LANES)
		for (j = 0; j < LANES; j++)
			lanes[j] += x[i + j] * y[i + j];
	for (; i < n; i++)
		sum += x[i] * y[i];
	for (j = 0; j < LANES; j++)
		sum += lanes[j];
	return sum;
}

float
correlate_match(float xy, float xx, float yy)
{
	return xx > 0 && yy > 0 ? xy / (sqrtf(xx) * sqrtf(yy)) : 0;
}
