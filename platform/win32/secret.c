#include "platform/secret.h"

#include "platform/win32/win32.h"
/* After winsock2.h. */
#include <bcrypt.h>

#include "common/err.h"

int
secret_random(uint8_t *out, size_t len)
{
	return BCryptGenRandom(
		   NULL, out, (ULONG)len, BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0
		   ? 0
		   : ERR_UNSUPPORTED;
}

void
secret_sha256(const void *data, size_t len, uint8_t out[SECRET_SHA256_BYTES])
{
	BCRYPT_ALG_HANDLE alg = NULL;

	memset(out, 0, SECRET_SHA256_BYTES);
	if (BCryptOpenAlgorithmProvider(
		&alg, BCRYPT_SHA256_ALGORITHM, NULL, 0) != 0)
		return;
	BCryptHash(alg, NULL, 0, (PUCHAR)(uintptr_t)data, (ULONG)len, out,
	    SECRET_SHA256_BYTES);
	BCryptCloseAlgorithmProvider(alg, 0);
}
