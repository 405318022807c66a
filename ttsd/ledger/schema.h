/* The tables of the ledger, and how an older one becomes the present one. */
#ifndef TTSD_LEDGER_SCHEMA_H
#define TTSD_LEDGER_SCHEMA_H

#include <sqlite3.h>

/* Whose file it is, as file(1) and others read it: "ttsd". */
#define SCHEMA_APPLICATION 0x74747364

enum schema_state {
	SCHEMA_READY,
	SCHEMA_NEWER,   /* than what this program knows */
	SCHEMA_FOREIGN, /* it is another program's database */
	SCHEMA_FAILED,  /* sqlite3_errcode() tells */
};

/* Makes the tables of an empty database, or migrates it, in one transaction. */
enum schema_state schema_prepare(sqlite3 *db);

#endif
