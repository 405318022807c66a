#include "ttsd/text/plain.h"

#include <string.h>

#include "common/text/fold.h"

int
plain(const char *text, size_t len, struct rewrite *out)
{
	const char *end = text + len, *kept = text, *s;
	char folded[FOLD_BYTES];
	uint32_t before = 0;
	size_t n, folded_len;
	int rc = 0;

	s = text + fold_skip(text, len, &before);
	while (rc == 0 && (n = fold_at(s, (size_t)(end - s), &before, folded,
			       &folded_len)) > 0) {
		s += n;
		if (n != folded_len || memcmp(s - n, folded, n) != 0) {
			if (s - n > kept)
				rc = rewrite_keep(
				    out, kept, (size_t)(s - n - kept));
			if (rc == 0)
				rc = rewrite_replace(
				    out, s - n, n, folded, folded_len);
			kept = s;
		}
		s += fold_skip(s, (size_t)(end - s), &before);
	}
	if (rc == 0 && end > kept)
		rc = rewrite_keep(out, kept, (size_t)(end - kept));
	return rc;
}
