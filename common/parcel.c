#include "common/parcel.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/le.h"

/* Eight bytes that name it, its format, how many pieces, and the length of the
 * document and of each piece; then these. Numbers are little-endian, of eight
 * bytes each. */
static const uint8_t magic[8] = { 't', 't', 's', 'd', 'p', 'r', 'c', 'l' };
#define FORMAT 1
#define HEAD_BYTES (sizeof(magic) + 3 * sizeof(uint64_t))

struct parcel_piece {
	const uint8_t *data;
	size_t len;
	uint8_t *own; /* NULL: it lies in the bytes of the parcel */
};

int
parcel_init(struct parcel *p)
{
	*p = (struct parcel){ .document = json_object() };
	return p->document ? 0 : ERR_NOMEM;
}

void
parcel_done(struct parcel *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		free(p->pieces[i].own);
	free(p->pieces);
	json_decref(p->document);
	buf_done(&p->bytes);
	*p = (struct parcel){ .document = NULL };
}

static struct parcel_piece *
parcel_next(struct parcel *p)
{
	size_t cap = p->cap ? p->cap * 2 : 16;
	struct parcel_piece *pieces;

	if (p->count < p->cap)
		return &p->pieces[p->count];
	pieces = realloc(p->pieces, cap * sizeof(*pieces));
	if (pieces == NULL)
		return NULL;
	p->pieces = pieces;
	p->cap = cap;
	return &p->pieces[p->count];
}

json_t *
parcel_add(struct parcel *p, const void *data, size_t len)
{
	struct parcel_piece *piece = parcel_next(p);
	uint8_t *own = malloc(len > 0 ? len : 1);

	if (piece == NULL || own == NULL) {
		free(own);
		return NULL;
	}
	if (len > 0)
		memcpy(own, data, len);
	*piece = (struct parcel_piece){ own, len, own };
	return json_integer((json_int_t)p->count++);
}

int
parcel_find(const struct parcel *p, const json_t *word, const uint8_t **data,
    size_t *len)
{
	json_int_t at = json_is_integer(word) ? json_integer_value(word) : -1;

	*data = NULL;
	*len = 0;
	if (at < 0 || (uint64_t)at >= p->count)
		return ERR_INVALID;
	*data = p->pieces[at].data;
	*len = p->pieces[at].len;
	return 0;
}

/* ---- as bytes ------------------------------------------------------------ */

static int
put_number(struct buf *out, uint64_t v)
{
	uint8_t bytes[sizeof(v)];

	le64_put(bytes, v);
	return buf_put(out, bytes, sizeof(bytes));
}

/* All of it is put into memory that is taken once: some of it is long. */
static size_t
parcel_size(const struct parcel *p, size_t document)
{
	size_t i, size = HEAD_BYTES + p->count * sizeof(uint64_t) + document;

	for (i = 0; i < p->count; i++)
		size += p->pieces[i].len;
	return size;
}

static int
put_pieces(const struct parcel *p, struct buf *out)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->count && rc == 0; i++)
		rc = buf_put(out, p->pieces[i].data, p->pieces[i].len);
	return rc;
}

int
parcel_pack(const struct parcel *p, struct buf *out)
{
	char *text = body_text(p->document);
	size_t len = text ? strlen(text) : 0, i;
	int rc = text ? buf_reserve(out, parcel_size(p, len)) : ERR_NOMEM;

	if (rc == 0)
		rc = buf_put(out, magic, sizeof(magic));
	if (rc == 0)
		rc = put_number(out, FORMAT);
	if (rc == 0)
		rc = put_number(out, p->count);
	if (rc == 0)
		rc = put_number(out, len);
	for (i = 0; i < p->count && rc == 0; i++)
		rc = put_number(out, p->pieces[i].len);
	if (rc == 0)
		rc = buf_put(out, text, len);
	if (rc == 0)
		rc = put_pieces(p, out);
	free(text);
	return rc;
}

/* What is left to be read of the bytes. */
struct rest {
	const uint8_t *data;
	size_t len;
};

/* Takes a run of bytes; NULL where there are not so many. */
static const uint8_t *
rest_take(struct rest *r, uint64_t len)
{
	const uint8_t *at = r->data;

	if (len > r->len)
		return NULL;
	r->data += len;
	r->len -= (size_t)len;
	return at;
}

static int
take_document(struct parcel *p, struct rest *r, uint64_t len)
{
	const uint8_t *text = rest_take(r, len);

	if (text)
		p->document = json_loadb((const char *)text, (size_t)len,
		    JSON_REJECT_DUPLICATES, NULL);
	return json_is_object(p->document) ? 0 : ERR_INVALID;
}

static int
take_pieces(
    struct parcel *p, struct rest *r, const uint8_t *lengths, uint64_t count)
{
	struct parcel_piece *piece;
	uint64_t i, len;

	for (i = 0; i < count; i++) {
		piece = parcel_next(p);
		if (piece == NULL)
			return ERR_NOMEM;
		len = le64_get(lengths + i * sizeof(len));
		*piece = (struct parcel_piece){ .data = rest_take(r, len),
			.len = (size_t)len };
		if (piece->data == NULL)
			return ERR_INVALID;
		p->count++;
	}
	return r->len == 0 ? 0 : ERR_INVALID;
}

int
parcel_unpack(struct buf *bytes, struct parcel *out)
{
	struct rest r = { buf_data(bytes), buf_len(bytes) };
	const uint8_t *head = rest_take(&r, HEAD_BYTES), *lengths;
	uint64_t count;
	int rc;

	*out = (struct parcel){ .bytes = *bytes };
	buf_init(bytes, bytes->max);
	if (head == NULL || memcmp(head, magic, sizeof(magic)) != 0)
		return ERR_INVALID;
	if (le64_get(head + 8) != FORMAT)
		return ERR_UNSUPPORTED;
	count = le64_get(head + 16);
	if (count > r.len / sizeof(uint64_t))
		return ERR_INVALID;
	lengths = rest_take(&r, count * sizeof(uint64_t));
	rc = take_document(out, &r, le64_get(head + 24));
	return rc < 0 ? rc : take_pieces(out, &r, lengths, count);
}
