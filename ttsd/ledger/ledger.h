/*
 * ledger: a program of ttsd's that keeps every accepted announcement and what
 * became of it in a database, so that nothing is lost when ttsd or the machine
 * ends. It may wait for a disk; ttsd, which never may, speaks to it by pipes:
 *
 *   ledger [--dir STATE_DIR] [--ttsd PID]
 *
 * For as long as the ttsd of that process id lives no other one's ledger opens
 * the same database (ttsd/ledger/owner.h).
 *
 * A line of JSON is a request on standard input, or an answer on standard
 * output; standard error is for people. The first line tells that the ledger is
 * open, the id of the next announcement, whether all that an earlier ttsd had
 * to tell was written down (`end`), and up to which number events may have been
 * told; so many above it may be told before that is written down:
 *
 *   {"ledger":1,"next_id":18,"complete":true,"told":1767225601000000}
 *
 * A request has a number that grows, "no", and what is to be done, "do":
 *
 *   accept   id, channel, request (the whole of it), accepted_ms; key, text,
 *            due_ms, expires_ms, uid, pid, `by` (for whom it was asked), and
 *            `readers`, how many its channel has. An id that is there already
 *            is left as it is: ttsd hands over again what it had no answer
 *            for. Where it calls a ticket, `call` has of that series, turn,
 *            ticket, counter, number, day, time, by, key, state and
 *            `waited` (ttsd/desk/desk.h); of a request with several
 *            announcements each says the same. What becomes of the
 *            series then is `numbers`
 *   started  id, started_ms, readers; `again`, 1 where it may have been begun
 *            before
 *   ended    id, ended_ms, outcome; reason, first_sample, last_sample, and
 *            `rounds` of what is said until it is cancelled. The first outcome
 *            stays.
 *   numbered id, seq: the event that tells its end has that number. Where none
 *            was told before ttsd had ended, the ledger gives it one.
 *   receipt  id, output, state, time_ms; delay_ms, confidence, reason: what
 *            became of it there. The first state that is neither `sent` nor
 *            `delivered` stays; of an id that is not there none is kept
 *   skipped  id, call, numbers: a number was passed over, or, without
 *            numbers, a ticket waits for another series; no announcement has
 *            that id
 *   uncalled id; numbers: that call was taken back
 *   series   numbers: name, next, day, called, turn of a series. The one with
 *            the highest turn stays
 *   schedule schedule (its name), entry, turn: that is said again and again;
 *            without `entry` it is not any more. The highest turn counts
 *   told     id: events may be told up to that number
 *   restore  after, before, limit: rows of those without an outcome whose ids
 *            lie between those two, in their order
 *   keys     since_ms, limit: rows of those with a key that have been spoken
 *            since, the latest first
 *   ends     since, limit, channel: rows of those whose end was told under a
 *            higher number, the latest first
 *   shown    limit: rows of those that were begun and show something, the
 *            latest first, as far as they are among the latest thousand
 *   desk     limit, day: rows of all series, and of all that is said again
 *            and again, then of so many of the latest calls and of all tickets
 *            that wait on that day, the latest last, each with the "channels"
 *            of its announcements
 *   calls    series, channels (a list), among, limit, before_id: rows of the
 *            latest calls, the latest first, each with the "receipts" of its
 *            announcements; what has none is of all channels, but where
 *            `among` is a list of the series that count
 *   history  channels (a list), outcome, key, id, missed, since_ms, limit;
 *            before_ms and before_id: rows of what was accepted before that,
 *            the latest first, each with its "receipts"; with "missed":true,
 *            only what an output missed
 *   prune    before_ms, bytes: one small step of forgetting what has ended
 *            before then, and the oldest where more bytes are in use
 *   end      this was all: every id that was given is written, every beginning
 *            and every end. Not said by a ttsd that is killed
 *
 * All that waits on standard input is done in one transaction, and answered
 * once that is on the disk. A row is a line of its own, {"no":7,"row":{...}}; a
 * request that asks ends with {"done":7}, with "more" true where a limit cut
 * it off, or "pruned", how many. `history` looks at so many announcements at a
 * time that nobody waits long behind it: "more" then comes with the before_ms
 * and before_id of the next request. {"committed":7} tells that all requests
 * up to that one are kept.
 *
 * Times are milliseconds UTC since 1970.
 */
#ifndef TTSD_LEDGER_LEDGER_H
#define TTSD_LEDGER_LEDGER_H

#define LEDGER_VERSION 1
#define LEDGER_FILE "ledger.db"

/* A line has at most so many bytes, in either direction. */
#define LEDGER_LINE_MAX (512 * 1024)

/* Rows are cut off behind so many bytes of answers. */
#define LEDGER_ROWS_MAX (1024 * 1024)

/* Ids that may have been given to announcements which never came to be written
 * before ttsd or the machine ended. So many are left out after such an end, so
 * that no id is given twice. ttsd never lets more be under way. */
#define LEDGER_IDS_UNDER_WAY 10000

/* Numbers of events that may be told above what the ledger knows of. */
#define LEDGER_EVENTS_AHEAD 1000000
/* They begin with the time of day, so many for a millisecond. */
#define LEDGER_EVENTS_PER_MS 1000

/* Exit statuses; standard error has the words. */
enum ledger_exit {
	LEDGER_ENDED = 0,    /* its input has */
	LEDGER_IN_USE = 3,   /* another ttsd has the same state directory */
	LEDGER_NEWER = 4,    /* a newer ttsd wrote it */
	LEDGER_NO_PLACE = 5, /* the folder, or the file, cannot be used */
	LEDGER_DISK = 6,     /* it is full, or fails */
	LEDGER_DAMAGED = 7, /* it was set aside; a new one is begun next time */
	LEDGER_USAGE = 64
};

#endif
