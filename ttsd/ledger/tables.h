/* The tables of the ledger, and how an older one becomes the present one. */
#ifndef TTSD_LEDGER_TABLES_H
#define TTSD_LEDGER_TABLES_H

#include <sqlite3.h>
#include <stdint.h>

/* Whose file it is, as file(1) and others read it: "ttsd". */
#define TABLES_APPLICATION 0x74747364

enum tables_state {
	TABLES_READY,
	TABLES_NEWER,   /* than what this program knows */
	TABLES_FOREIGN, /* it is another program's database */
	TABLES_FAILED,  /* sqlite3_errcode() tells */
};

/* Makes the tables of an empty database, or migrates it, in one transaction.
 * The ids of a new one begin there: who finds tables need not know why. */
enum tables_state tables_prepare(sqlite3 *db, int64_t first_id);

#endif
