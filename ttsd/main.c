/* ttsd: keeps a live stream on every channel's audio socket. */
#include "common/version.h"
#include "daemon/daemon.h"
#include "ttsd/control/names.h"
#include "ttsd/control/report.h"
#include "ttsd/control/succession.h"
#include "ttsd/control/ttsd.h"
#include "ttsd/durable/state_check.h"

static int
prove(const struct conf *conf, struct conf_error *e)
{
	int rc = state_check(conf, e);

	return rc < 0 ? rc : names_prove(conf, e);
}

static const struct daemon_program program = {
	.name = "ttsd",
	.about = "Keeps a live stream of speech and silence on local sockets.",
	.not_checked = ";\n"
		       "                       streamer-supervisor does that "
		       "for the addresses\n"
		       "                       of outputs",
	.check = ttsd_check,
	.prove = prove,
	.state = TTSD_STATE,
	.take_over = ttsd_try_take_over,
};

int
main(int argc, char **argv)
{
	struct ttsd t = { 0 };
	enum daemon_step step = daemon_configure(argc, argv, &program, &t.conf);

	if (step != DAEMON_GO_ON)
		return (int)step;
	step = ttsd_start(&t);
	/* A successor is on air, whatever its engines tell. */
	if (step == DAEMON_GO_ON && daemon_inheritance() == NULL)
		step = ttsd_prove_names(&t);
	if (step == DAEMON_GO_ON) {
		log_info("ttsd %s is on air", TTSD_VERSION);
		daemon_serve(t.loop, &ttsd_report, &t);
		step = EXIT_STOPPED;
	}
	ttsd_end(&t);
	return (int)step;
}
