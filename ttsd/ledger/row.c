#include "ttsd/ledger/row.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"

static int
bind_value(sqlite3_stmt *st, int at, const json_t *value)
{
	char *text;

	switch (json_typeof(value)) {
	case JSON_INTEGER:
		return sqlite3_bind_int64(st, at, json_integer_value(value));
	case JSON_REAL:
		return sqlite3_bind_double(st, at, json_real_value(value));
	case JSON_TRUE:
		return sqlite3_bind_int(st, at, 1);
	case JSON_STRING:
		return sqlite3_bind_text(st, at, json_string_value(value),
		    (int)json_string_length(value), SQLITE_TRANSIENT);
	case JSON_OBJECT:
	case JSON_ARRAY:
		text = body_text(value);
		return text ? sqlite3_bind_text(st, at, text, -1, free)
			    : SQLITE_NOMEM;
	default:
		return sqlite3_bind_null(st, at);
	}
}

int
row_bind(sqlite3_stmt *st, const char *const *names, const json_t *body)
{
	const json_t *value;
	int at, rc = SQLITE_OK;

	for (at = 1; names[at - 1] && rc == SQLITE_OK; at++) {
		value = json_object_get(body, names[at - 1]);
		rc = value ? bind_value(st, at, value)
			   : sqlite3_bind_null(st, at);
	}
	return rc;
}

static json_t *
read_text(sqlite3_stmt *st, int at)
{
	const char *text = (const char *)sqlite3_column_text(st, at);
	const char *name = sqlite3_column_name(st, at);
	size_t len = (size_t)sqlite3_column_bytes(st, at);

	if (text == NULL)
		return NULL;
	if (strcmp(name, "receipts") == 0 || strcmp(name, "show") == 0 ||
	    strcmp(name, "channels") == 0 || strcmp(name, "entry") == 0)
		return json_loadb(text, len, 0, NULL);
	return json_stringn(text, len);
}

static bool
ends_with_request(sqlite3_stmt *st)
{
	return strcmp(sqlite3_column_name(st, sqlite3_column_count(st) - 1),
		   "request") == 0;
}

const char *
row_request(sqlite3_stmt *st)
{
	return ends_with_request(st) ? (const char *)sqlite3_column_text(
					   st, sqlite3_column_count(st) - 1)
				     : NULL;
}

json_t *
row_read(sqlite3_stmt *st)
{
	json_t *row = json_object();
	int i, columns = sqlite3_column_count(st) - ends_with_request(st);

	for (i = 0; i < columns; i++)
		switch (sqlite3_column_type(st, i)) {
		case SQLITE_INTEGER:
			body_put(&row, sqlite3_column_name(st, i),
			    json_integer(sqlite3_column_int64(st, i)));
			break;
		case SQLITE_TEXT:
			body_put(
			    &row, sqlite3_column_name(st, i), read_text(st, i));
			break;
		default:
			break;
		}
	return row;
}
