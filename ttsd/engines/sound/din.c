#include "ttsd/engines/sound/din.h"

#include <stdlib.h>
#include <string.h>

#include "common/le.h"

/* Fewer samples tell nothing. */
#define JUDGED_MIN 64
/* The samples before one that it is predicted from. */
#define ORDER 8
/* The RMS of uniform bytes is 18,900, and 13,400 where every other sample is
 * one. A hiss that just reaches full scale stays below 9,000. */
#define RMS_MIN 12000.0
/* The share of its power that prediction leaves of noise. */
#define UNPREDICTED 0.6
/* Sound that is louder than full scale is cut there; bytes are not, as these
 * two of 65,536 values are rare in them. */
#define CUT_SHARE 50
/* The correlation of neighbours that no sound has: a tone in the uppermost
 * third, as bytes make it that are paired wrongly. */
#define NEIGHBOURS_MIN -0.5
/* The first samples may be so loud (the very first) and so bent (the others).
 */
#define START_MAX 8192
#define BEND_MAX 4096

/* The share of the power that linear prediction leaves (Levinson-Durbin). */
static double
unpredicted(const double r[ORDER + 1])
{
	double a[ORDER + 1] = { 1 }, next[ORDER + 1], left = r[0], k;
	int i, j;

	for (i = 1; i <= ORDER && left > r[0] * 1e-6; i++) {
		k = r[i];
		for (j = 1; j < i; j++)
			k += a[j] * r[i - j];
		k /= -left;
		memcpy(next, a, sizeof(a));
		for (j = 1; j < i; j++)
			next[j] += k * a[i - j];
		next[i] = k;
		memcpy(a, next, sizeof(a));
		left *= 1 - k * k;
	}
	return left / r[0];
}

static bool
din_judge(const int16_t *x, size_t n)
{
	double r[ORDER + 1] = { 0 }, mean = 0;
	size_t i, k, cut = 0;

	for (i = 0; i < n; i++) {
		mean += x[i];
		cut += x[i] == INT16_MAX || x[i] == INT16_MIN;
	}
	mean /= (double)n;
	for (k = 0; k <= ORDER; k++) {
		for (i = k; i < n; i++)
			r[k] += (x[i] - mean) * (x[i - k] - mean);
		if (k == 0 && r[0] < RMS_MIN * RMS_MIN * (double)n)
			return false;
	}
	return cut <= n / CUT_SHARE &&
	       (r[1] < NEIGHBOURS_MIN * r[0] || unpredicted(r) > UNPREDICTED);
}

bool
din_heard(
    struct din *n, const int16_t *samples, size_t frames, unsigned channels)
{
	size_t i;

	for (i = 0; i < frames; i++) {
		if (n->filled == DIN_WINDOW) {
			memmove(n->window, n->window + JUDGED_MIN,
			    (DIN_WINDOW - JUDGED_MIN) * sizeof(*samples));
			n->filled -= JUDGED_MIN;
		}
		n->window[n->filled++] = samples[i * channels];
		if (++n->unjudged < JUDGED_MIN)
			continue;
		n->unjudged = 0;
		if (din_judge(n->window, n->filled))
			return true;
	}
	return false;
}

static int
start_sample(const uint8_t *p, size_t i)
{
	return (int16_t)le16_get(p + 2 * i);
}

bool
din_free_start(const uint8_t *p, size_t len, unsigned channels)
{
	size_t count = len / 2, i;

	for (i = 0; i < count && i < channels; i++) {
		if (abs(start_sample(p, i)) > START_MAX)
			return false;
	}
	for (i = 2 * (size_t)channels; i < count; i++) {
		if (abs(start_sample(p, i) - 2 * start_sample(p, i - channels) +
			start_sample(p, i - 2 * (size_t)channels)) > BEND_MAX)
			return false;
	}
	return true;
}
