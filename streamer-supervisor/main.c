/* streamer-supervisor: keeps an ffmpeg on air for every output. */
#include <string.h>

#include "common/version.h"
#include "daemon/daemon.h"
#include "streamer-supervisor/control/supervisor.h"
#include "streamer-supervisor/keeper/keeper.h"
#include "streamer-supervisor/outputs/check.h"

static const struct daemon_program program = {
	.name = "streamer-supervisor",
	.about = "Keeps an ffmpeg on air for every output that is configured.",
	.not_checked = "; ttsd does\n"
		       "                       that for the dictionary",
	.check = outputs_check,
	.prove = outputs_prove,
	.state = 1,
	.take_over = succession_try,
};

int
main(int argc, char **argv)
{
	struct supervisor sv = { 0 };
	enum daemon_step step;

	if (argc > 1 && strcmp(argv[1], KEEPER_OPTION) == 0)
		return keeper_run(argc - 2, argv + 2);
	step = daemon_configure(argc, argv, &program, &sv.conf);
	if (step != DAEMON_GO_ON)
		return (int)step;
	step = supervisor_start(&sv);
	if (step == DAEMON_GO_ON) {
		log_info("streamer-supervisor %s is up, outputs=%zu",
		    TTSD_VERSION, sv.conf.outputs.count);
		if (sv.conf.outputs.count == 0)
			log_warning(
			    "no output is configured, so nothing is sent; add "
			    "an [output NAME] with a url and reload, or "
			    "'ttsctl add NAME URL'");
		daemon_serve(sv.loop, &supervisor_report, &sv);
		step = EXIT_STOPPED;
	}
	supervisor_end(&sv);
	return (int)step;
}
