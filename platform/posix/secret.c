/* The hash is nettle's, which libmicrohttpd's TLS brings along anyway. */
#include "platform/secret.h"

#include <nettle/sha2.h>
#include <sys/random.h>

#include "common/err.h"

int
secret_random(uint8_t *out, size_t len)
{
	return getrandom(out, len, 0) == (ssize_t)len ? 0 : ERR_UNSUPPORTED;
}

void
secret_sha256(const void *data, size_t len, uint8_t out[SECRET_SHA256_BYTES])
{
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_update(&c, len, data);
	sha256_digest(&c, SECRET_SHA256_BYTES, out);
}
