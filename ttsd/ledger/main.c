/* The ledger as a program: ledger.h has what it is and says. */
#include <stdio.h>
#include <stdlib.h>

#include "common/args/options.h"
#include "common/err.h"
#include "platform/standard.h"
#include "ttsd/ledger/answer.h"
#include "ttsd/ledger/request.h"

/* At most so much is read at a time, and so becomes one transaction. */
#define READ_BYTES (64 * 1024)

enum { DIR, TTSD };

static const struct options_row options[] = {
	[DIR] = { "dir", 0, true },
	[TTSD] = { "ttsd", 0, true },
	{ NULL },
};

static bool
read_command_line(int argc, char **argv, const char **dir, int64_t *ttsd)
{
	struct options o;
	const char *value;
	int option;

	*dir = NULL;
	*ttsd = 0;
	options_begin(&o, options, argc, argv);
	while ((option = options_next(&o, &value)) != OPTIONS_END) {
		if (option == DIR)
			*dir = value;
		else if (option == TTSD)
			*ttsd = strtoll(value, NULL, 10);
		else
			return false;
	}
	return true;
}

static enum ledger_exit
say_hello(const struct store *store, struct buf *out)
{
	if (!answer_put(out,
		json_pack("{s:i, s:I, s:b, s:I}", "ledger", LEDGER_VERSION,
		    "next_id", (json_int_t)store->next_id, "complete",
		    (int)store->complete, "told", (json_int_t)store->told)))
		return LEDGER_DISK;
	return LEDGER_ENDED;
}

/* Writes the answers. Nobody who reads them is the end of the input, too. */
static bool
answer(struct buf *out)
{
	bool written = standard_write(buf_data(out), buf_len(out)) == 0;

	buf_clear(out);
	return written;
}

static enum ledger_exit
serve(struct store *store)
{
	static char data[READ_BYTES];
	struct buf in, out;
	enum ledger_exit status;
	long n = 1;

	buf_init(&in, LEDGER_LINE_MAX + READ_BYTES);
	buf_init(&out, SIZE_MAX);
	status = say_hello(store, &out);
	while (status == LEDGER_ENDED && answer(&out) &&
	       (n = standard_read(data, sizeof(data))) > 0) {
		if (buf_put(&in, data, (size_t)n) < 0) {
			log_error("a request is too long, or memory is out");
			status = LEDGER_USAGE;
		} else {
			status = request_take_all(store, &in, &out);
		}
	}
	buf_done(&in);
	buf_done(&out);
	return status;
}

int
main(int argc, char **argv)
{
	struct store store;
	enum ledger_exit status;
	const char *dir;
	int64_t ttsd;

	if (!read_command_line(argc, argv, &dir, &ttsd)) {
		fputs("usage: ledger [--dir STATE_DIR] [--ttsd PID]\n", stderr);
		return LEDGER_USAGE;
	}
	service_log_init("ledger", LOG_JSON, LOG_INFO);
	standard_open();
	status = store_open(&store, dir, ttsd);
	if (status == LEDGER_ENDED)
		status = serve(&store);
	store_close(&store);
	return (int)status;
}
