#include "common/record.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/utf8.h"

/* ---- texts of any bytes ------------------------------------------------- */

/* JSON has characters only: each byte becomes the character of its number; and
 * not every reader takes NUL. */
json_t *
record_text(const void *bytes, size_t len)
{
	const uint8_t *from = bytes;
	char *text = malloc(2 * len + 1);
	json_t *o = NULL;
	size_t i, n = 0;

	for (i = 0; text && i < len; i++)
		n += utf8_put(from[i] ? from[i] : '?', text + n);
	if (text)
		o = json_stringn(text, n);
	free(text);
	return o;
}

char *
record_read_text(const json_t *text)
{
	const char *from = json_string_value(text);
	size_t left = json_string_length(text), len = 0, n;
	char *out = from ? malloc(left + 1) : NULL;
	uint32_t byte;

	for (; out && left > 0; from += n, left -= n) {
		n = utf8_decode(from, left, &byte);
		if (n == 0 || byte == 0 || byte > UINT8_MAX) {
			free(out);
			return NULL;
		}
		out[len++] = (char)byte;
	}
	if (out)
		out[len] = '\0';
	return out;
}

/* ---- writing ------------------------------------------------------------ */

static json_t *
record_value(const struct record_field *f, const void *at)
{
	switch (f->type) {
	case RECORD_BOOL:
		return json_boolean(*(const bool *)at);
	case RECORD_INTEGER:
		return json_integer((json_int_t) * (const int64_t *)at);
	case RECORD_COUNT:
		return json_integer((json_int_t) * (const uint64_t *)at);
	case RECORD_SMALL:
		return json_integer((json_int_t) * (const unsigned *)at);
	case RECORD_SIZE:
		return json_integer((json_int_t) * (const size_t *)at);
	case RECORD_NUMBER:
		return json_real(*(const double *)at);
	case RECORD_TEXT:
		return record_text(at, strlen(at));
	case RECORD_CHOICE:
		return json_string(f->names[*(const int *)at]);
	case RECORD_PART:
		return record_save(f->part, at);
	}
	return NULL;
}

json_t *
record_save(const struct record_field *fields, const void *from)
{
	json_t *o = json_object();

	for (; fields->name; fields++)
		body_put(&o, fields->name,
		    record_value(fields, (const char *)from + fields->offset));
	return o;
}

/* ---- reading ------------------------------------------------------------ */

static int
read_integer(const json_t *value, int64_t min, int64_t max, int64_t *out)
{
	*out = json_integer_value(value);
	return json_is_integer(value) && *out >= min && *out <= max
		   ? 0
		   : ERR_INVALID;
}

static int
read_text(const json_t *value, size_t size, char *out)
{
	char *text = record_read_text(value);
	int rc = text && strlen(text) < size ? 0 : ERR_INVALID;

	if (rc == 0)
		memcpy(out, text, strlen(text) + 1);
	free(text);
	return rc;
}

static int
read_choice(const struct record_field *f, const json_t *value, int *out)
{
	const char *name = json_string_value(value);
	size_t i = 0;

	while (name && i < f->max && strcmp(f->names[i], name) != 0)
		i++;
	if (name == NULL || i == f->max)
		return ERR_INVALID;
	*out = (int)i;
	return 0;
}

static int
record_read(const struct record_field *f, const json_t *value, void *at)
{
	int64_t n = 0;
	int rc = 0;

	switch (f->type) {
	case RECORD_BOOL:
		*(bool *)at = json_is_true(value);
		return json_is_boolean(value) ? 0 : ERR_INVALID;
	case RECORD_INTEGER:
		return read_integer(value, INT64_MIN, INT64_MAX, at);
	case RECORD_COUNT:
		rc = read_integer(value, 0, INT64_MAX, &n);
		*(uint64_t *)at = (uint64_t)n;
		return rc;
	case RECORD_SMALL:
		rc = read_integer(
		    value, 0, f->max ? (int64_t)f->max : UINT32_MAX, &n);
		*(unsigned *)at = (unsigned)n;
		return rc;
	case RECORD_SIZE:
		rc = read_integer(value, 0, (int64_t)f->max, &n);
		*(size_t *)at = rc == 0 ? (size_t)n : 0;
		return rc;
	case RECORD_NUMBER:
		*(double *)at = json_number_value(value);
		return json_is_number(value) ? 0 : ERR_INVALID;
	case RECORD_TEXT:
		return read_text(value, f->max, at);
	case RECORD_CHOICE:
		return read_choice(f, value, at);
	case RECORD_PART:
		return record_load(f->part, value, at);
	}
	return ERR_INVALID;
}

int
record_load(const struct record_field *fields, const json_t *record, void *into)
{
	const json_t *value;
	int rc = json_is_object(record) ? 0 : ERR_INVALID;

	for (; fields->name && rc == 0; fields++) {
		value = json_object_get(record, fields->name);
		if (value)
			rc = record_read(
			    fields, value, (char *)into + fields->offset);
	}
	return rc;
}
