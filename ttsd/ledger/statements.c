#include "ttsd/ledger/statements.h"

#include <assert.h>
#include <stddef.h>

void
statements_init(struct statements *s, sqlite3 *db)
{
	*s = (struct statements){ .db = db };
}

void
statements_done(struct statements *s)
{
	int i;

	for (i = 0; i < STATEMENTS_MAX; i++)
		sqlite3_finalize(s->known[i].statement);
	*s = (struct statements){ .db = s->db };
}

sqlite3_stmt *
statements_get(struct statements *s, const char *sql)
{
	int i = 0;

	while (i < STATEMENTS_MAX && s->known[i].sql && s->known[i].sql != sql)
		i++;
	assert(i < STATEMENTS_MAX);
	if (s->known[i].statement == NULL) {
		if (sqlite3_prepare_v3(s->db, sql, -1,
			SQLITE_PREPARE_PERSISTENT, &s->known[i].statement,
			NULL) != SQLITE_OK)
			return NULL;
		s->known[i].sql = sql;
	}
	sqlite3_reset(s->known[i].statement);
	sqlite3_clear_bindings(s->known[i].statement);
	return s->known[i].statement;
}
