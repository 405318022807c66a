/*
 * Secrets and what they are known by; secret.c in each system's folder.
 */
#ifndef PLATFORM_SECRET_H
#define PLATFORM_SECRET_H

#include <stddef.h>
#include <stdint.h>

/* Fills `out` with random bytes that nobody can guess. ERR_UNSUPPORTED where
 * the system has none to give. */
int secret_random(uint8_t *out, size_t len);

#define SECRET_SHA256_BYTES 32
void secret_sha256(
    const void *data, size_t len, uint8_t out[SECRET_SHA256_BYTES]);

#endif
