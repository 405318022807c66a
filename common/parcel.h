/*
 * What a program hands to its successor, in one run of bytes: a document of
 * JSON, and beside it bytes that would make it long. Who reads one has it
 * checked: it is whole, and of the format that this program writes, or nothing
 * of it is taken. Pure.
 */
#ifndef COMMON_PARCEL_H
#define COMMON_PARCEL_H

#include <jansson.h>

#include "common/buf.h"

/* A parcel has at most so many bytes. */
#define PARCEL_MAX ((size_t)512 * 1024 * 1024)

struct parcel_piece;

struct parcel {
	json_t *document; /* an object */
	struct parcel_piece *pieces;
	size_t count, cap;
	struct buf bytes; /* of one that was read: the pieces lie in it */
};

/* Makes one with an empty document. Fails with ERR_NOMEM; parcel_done() is due
 * in either case, and may be called of one that is all zeroes. */
int parcel_init(struct parcel *p);
void parcel_done(struct parcel *p);

/* Copies bytes. Returns the word for them that the document is to have
 * somewhere, as body_put() takes it; NULL without memory. */
json_t *parcel_add(struct parcel *p, const void *data, size_t len);

/* Finds the bytes of a word; they stay valid as long as the parcel. Fails with
 * ERR_INVALID where it is none; `*len` is 0 then. */
int parcel_find(const struct parcel *p, const json_t *word,
    const uint8_t **data, size_t *len);

/* Appends the whole. Fails as buf_put() does. */
int parcel_pack(const struct parcel *p, struct buf *out);

/* Reads a whole one, and takes over the bytes, also where it fails: ERR_INVALID
 * for what is none, or not all of it; ERR_UNSUPPORTED for another format;
 * ERR_NOMEM. parcel_done() is due in either case. */
int parcel_unpack(struct buf *bytes, struct parcel *out);

#endif
