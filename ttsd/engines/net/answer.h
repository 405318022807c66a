/* Finds what a server says where it should send sound. Pure. */
#ifndef TTSD_ENGINES_NET_ANSWER_H
#define TTSD_ENGINES_NET_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of such an answer that are looked at. */
#define ANSWER_MAX (16 * 1024)

/* The sentence in an error of OpenAI's form, or of its kin: {"error":
 * {"message":…}}, {"error":…}, {"message":…}, {"detail":…}. Keys in it are
 * masked, and one that repeats `text` is not worth it: "" then, as for any
 * other answer. */
void answer_sentence(
    char *dst, size_t size, const void *body, size_t len, const char *text);

/* Whether a message of a server repeats what was to be spoken. */
bool answer_repeats(const char *said, const char *text);

#endif
