#include "ttsd/ledger/store.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "common/err.h"
#include "common/log.h"
#include "platform/files.h"
#include "ttsd/ledger/aside.h"
#include "ttsd/ledger/tables.h"

/* The ledger of a ttsd that has just been killed lets go of the file within
 * this time. */
#define PREDECESSOR_MS 300

/* Ids from here on are told by the time of day, a thousand for a millisecond:
 * an older ledger, which is lost, has given none of them. Below 2^53. */
#define IDS_PER_MS 1000

/* ---- the place ---------------------------------------------------------- */

static void
log_refused(const char *path, const char *why, const char *remedy)
{
	log_error("state_dir=%s %s; %s", log_quote(path), why, remedy);
}

static enum ledger_exit
store_find(struct store *s, const char *configured)
{
	struct place *p = &s->place;
	enum ledger_exit status = place_open(p, configured);

	if (status != LEDGER_ENDED)
		log_refused(p->culprit, p->why, p->remedy);
	return status;
}

/* ---- whose it is -------------------------------------------------------- */

static enum ledger_exit
refuse_second(const struct store *s, const char *which)
{
	log_error("ledger=%s is in use by another ttsd%s; stop that one, or "
		  "give this one a state_dir of its own",
	    log_quote(s->place.path), which);
	return LEDGER_IN_USE;
}

/* Does another ttsd have it, be it that its ledger is started again just now?
 */
static enum ledger_exit
store_check_owner(const struct store *s)
{
	int64_t pid = owner_other(s->place.owner, s->mark);
	char which[32];

	if (pid == 0)
		return LEDGER_ENDED;
	snprintf(which, sizeof(which), " (pid %" PRId64 ")", pid);
	return refuse_second(s, which);
}

/* Makes it our ttsd's, once no other ledger can do the same. Where that cannot
 * be written the lock is all there is, which is better than to keep nothing. */
static enum ledger_exit
store_claim(const struct store *s)
{
	enum ledger_exit status = store_check_owner(s);
	int rc;

	if (status != LEDGER_ENDED || s->mark[0] == '\0')
		return status;
	rc = owner_put(s->place.owner, s->mark);
	if (rc < 0)
		log_warning("owner=%s cannot be written: %s; mend that: until "
			    "then another ttsd may get the ledger when this "
			    "one's ledger is started again",
		    log_quote(s->place.owner), err_text(rc));
	return LEDGER_ENDED;
}

/* ---- what is wrong with it ---------------------------------------------- */

static void
store_release(struct store *s)
{
	statements_done(&s->statements);
	sqlite3_close(s->db);
	s->db = NULL;
}

/* Sets the file aside, and says so. */
static enum ledger_exit
set_aside(struct store *s, const char *why)
{
	char name[PLATFORM_PATH_MAX], reason[200];
	int rc;

	snprintf(reason, sizeof(reason), "%s", why);
	/* Its log is not worked into what is damaged. */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	store_release(s);
	rc = aside_put(s->place.path, name, sizeof(name));
	if (rc < 0) {
		log_error("ledger=%s %s, and cannot be set aside: %s; move it "
			  "away by hand",
		    log_quote(s->place.path), reason, err_text(rc));
		return LEDGER_NO_PLACE;
	}
	log_error("ledger=%s %s: it is kept as %s, and a new one is begun; "
		  "what waited in it is not said",
	    log_quote(s->place.path), reason, log_quote(name));
	return LEDGER_DAMAGED;
}

enum ledger_exit
store_failed(struct store *s)
{
	char why[200];

	snprintf(why, sizeof(why), "is damaged (%s)", sqlite3_errmsg(s->db));
	switch (sqlite3_errcode(s->db) & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return set_aside(s, why);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return refuse_second(s, "");
	case SQLITE_FULL:
		log_error("ledger=%s the disk is full; make room there",
		    log_quote(s->place.path));
		return LEDGER_DISK;
	case SQLITE_OK:
	case SQLITE_NOMEM:
		log_error("ledger=%s out of memory", log_quote(s->place.path));
		return LEDGER_DISK;
	default:
		log_error("ledger=%s cannot be written: %s; see to the disk",
		    log_quote(s->place.path), sqlite3_errmsg(s->db));
		return LEDGER_DISK;
	}
}

enum ledger_exit
store_check_place(struct store *s)
{
	int moved = 0;

	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	if (!moved)
		return LEDGER_ENDED;
	log_error("ledger=%s was deleted, or its disk taken away, while it was "
		  "in use: what was in it is lost unless it comes back, and a "
		  "new one is begun",
	    log_quote(s->place.path));
	return LEDGER_DISK;
}

/* ---- opening ------------------------------------------------------------ */

bool
store_exec(struct store *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* One number of the database; `none` where there is none. False: it failed. */
static bool
store_number(struct store *s, const char *sql, int64_t none, int64_t *out)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);

	*out = none;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

/* Finds the next id, and notes that from now on there may be more than is
 * written: ids that were given, and what was begun or has ended. */
static bool
count_ids(struct store *s)
{
	int64_t last, complete;
	char sql[120];

	if (!store_number(s, "SELECT seq FROM sqlite_sequence", 0, &last) ||
	    !store_number(s, "SELECT clean FROM ending", 0, &complete))
		return false;
	s->complete = complete != 0;
	s->next_id = last + 1 + (s->complete ? 0 : LEDGER_IDS_UNDER_WAY);
	/* What is left out now is not what the next one leaves out, if this one
	 * ends before it has written any. */
	snprintf(sql, sizeof(sql),
	    "UPDATE sqlite_sequence SET seq = %" PRId64 ";"
	    "UPDATE ending SET clean = 0",
	    s->next_id - 1);
	return store_exec(s, sql);
}

/* Gives the ends numbers that were written down and not told before ttsd had
 * ended; they are then told to who was away. That is a matter of a moment, so
 * that they are among the last. */
#define NOT_TOLD                                             \
	"seq IS NULL AND id IN (SELECT id FROM announcement" \
	" WHERE ended_ms IS NOT NULL ORDER BY ended_ms DESC LIMIT 1000)"
static const char number_ends[] =
    "UPDATE announcement SET seq = id + 1 + (SELECT told FROM ending)"
    " - (SELECT min(id) FROM announcement WHERE " NOT_TOLD ")"
    " WHERE " NOT_TOLD ";"
    "UPDATE ending SET told = max(told, coalesce("
    " (SELECT max(seq) FROM announcement WHERE seq IS NOT NULL), 0))";

/* Finds up to which number events may have been told, and notes that from now
 * on more may be. They begin with the time of day, unless the clock was set
 * back. */
static bool
count_events(struct store *s)
{
	char ahead[120];

	snprintf(ahead, sizeof(ahead),
	    "UPDATE ending SET told = max(told, %" PRId64 ") + %d",
	    clock_utc_ms() * LEDGER_EVENTS_PER_MS, LEDGER_EVENTS_AHEAD);
	return store_exec(s, "BEGIN IMMEDIATE") && store_exec(s, number_ends) &&
	       store_number(s, "SELECT told FROM ending", 0, &s->told) &&
	       store_exec(s, ahead) && store_exec(s, "COMMIT");
}

/* The lock that the first transaction takes is held to the end: in this mode no
 * other process can so much as read. */
static const char before_tables[] = "PRAGMA locking_mode = EXCLUSIVE;"
				    "PRAGMA auto_vacuum = INCREMENTAL;";
/* Once it is known whose file it is. */
static const char behind_tables[] = "PRAGMA journal_mode = WAL;"
				    "PRAGMA synchronous = FULL;"
				    "PRAGMA temp_store = MEMORY;";

static enum ledger_exit
store_take(struct store *s, int64_t first_id)
{
	enum ledger_exit status;
	/* That the file is no link was seen (state_dir_file()), and nobody else
	 * may write in its folder. Further up links are right: service managers
	 * lay them, and SQLite would refuse those too. */
	int rc = sqlite3_open_v2(s->place.path, &s->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
	    NULL);

	if (rc != SQLITE_OK)
		return store_failed(s);
	statements_init(&s->statements, s->db);
	sqlite3_busy_timeout(s->db, PREDECESSOR_MS);
	if (sqlite3_db_readonly(s->db, "main") == 1) {
		log_refused(s->place.path, "cannot be written", place_remedy);
		return LEDGER_NO_PLACE;
	}
	if (!store_exec(s, before_tables))
		return store_failed(s);
	switch (tables_prepare(s->db, first_id)) {
	case TABLES_READY:
		break;
	case TABLES_FOREIGN:
		return set_aside(s, "is another program's database");
	case TABLES_NEWER:
		log_error("ledger=%s was written by a newer ttsd; run that "
			  "one, or name another folder as state_dir in [ttsd]",
		    log_quote(s->place.path));
		return LEDGER_NEWER;
	case TABLES_FAILED:
		return store_failed(s);
	}
	status = store_claim(s);
	if (status != LEDGER_ENDED)
		return status;
	if (!store_exec(s, behind_tables) || !count_ids(s) || !count_events(s))
		return store_failed(s);
	return LEDGER_ENDED;
}

/* Where the ids of a new ledger begin: where none that was there before can
 * have given any. A power cut may have come since that one was set aside. */
static int64_t
choose_first_id(const struct store *s)
{
	struct file_facts facts;

	if (file_look(s->place.path, &facts) == ERR_NOT_FOUND &&
	    !aside_is_there(s->place.path))
		return 1;
	return clock_utc_ms() * IDS_PER_MS;
}

enum ledger_exit
store_open(struct store *s, const char *configured, int64_t ttsd)
{
	struct file_facts facts;
	enum ledger_exit status;

	*s = (struct store){ .db = NULL };
	if (process_mark(ttsd, s->mark, sizeof(s->mark)) < 0)
		s->mark[0] = '\0';
	status = store_find(s, configured);
	/* Before anything there is touched. */
	if (status == LEDGER_ENDED)
		status = store_check_owner(s);
	if (status != LEDGER_ENDED)
		return status;
	if (file_look(s->place.path, &facts) == 0 && facts.bytes == 0)
		log_warning("ledger=%s was empty, and is begun afresh",
		    log_quote(s->place.path));
	status = store_take(s, choose_first_id(s));
	return status == LEDGER_DAMAGED ? store_take(s, choose_first_id(s))
					: status;
}

void
store_close(struct store *s)
{
	store_release(s);
}
