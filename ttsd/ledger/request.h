/* Requests to the ledger: all that wait become one transaction. */
#ifndef TTSD_LEDGER_REQUEST_H
#define TTSD_LEDGER_REQUEST_H

#include "common/buf.h"
#include "ttsd/ledger/store.h"

/* Carries out the whole lines at the front of `in`, takes them out, and appends
 * the answers to `out`, which are true once this returns LEDGER_ENDED. Any
 * other result is the status to exit with; standard error tells why. */
enum ledger_exit request_take_all(
    struct store *store, struct buf *in, struct buf *out);

#endif
