/*
 * Language tags (RFC 5646), as people write them: "de", "zh_CN", "sr-Latn".
 * Pure.
 */
#ifndef COMMON_TEXT_LANGUAGE_H
#define COMMON_TEXT_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a normal tag, without its terminator. */
#define LANGUAGE_MAX 31

/* Writes the normal form of the tag of `len` bytes: in lower case, with '-'
 * between its parts, and Mandarin as "cmn" however it is called ("zh",
 * "zh-CN" is "cmn-cn"; but "zh-yue", which names another Chinese language, is
 * "yue"). Returns false, with "" in `out`, for text that can be no tag. */
bool language_normalise(
    char out[LANGUAGE_MAX + 1], const char *tag, size_t len);

/* Cuts the last part off a normal tag: "sr-latn-rs" to "sr-latn" to "sr".
 * Returns false, and changes nothing, where the tag has only one part. */
bool language_widen(char *tag);

/* Are these the same language, whatever script, country and the like they
 * name? Both tags are normal. */
bool language_is_same(const char *a, const char *b);

#endif
