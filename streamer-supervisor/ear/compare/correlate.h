/* Sums of products of samples. Pure. */
#ifndef STREAMER_SUPERVISOR_EAR_COMPARE_CORRELATE_H
#define STREAMER_SUPERVISOR_EAR_COMPARE_CORRELATE_H

#include <stddef.h>

/* Returns the sum of x[i] * y[i]. */
float correlate_dot(const float *x, const float *y, size_t n);

/* The normalised correlation, -1 to 1, of what has the energies `xx` and `yy`
 * and the sum of products `xy`; 0 where one has none. */
float correlate_match(float xy, float xx, float yy);

#endif
