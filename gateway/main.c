/* ttsd-gateway: both daemons over HTTP. */
#include <string.h>

#include "common/version.h"
#include "gateway/gateway.h"

static const struct daemon_program program = {
	.name = "ttsd-gateway",
	.about = "Serves ttsd and streamer-supervisor over HTTP.",
	.not_checked = "; what concerns\n"
		       "                       the other daemons they check",
	.check = gateway_check,
};

int
main(int argc, char **argv)
{
	struct gateway g = { 0 };
	enum daemon_step step;

	step = daemon_configure(argc, argv, &program, &g.conf);
	if (step != DAEMON_GO_ON)
		return (int)step;
	step = EXIT_STOPPED;
	if (g.conf.http.listen[0] == '\0' && g.conf.schedules.count == 0)
		log_info("nothing is to be served: there is no [http] listen, "
			 "and no [schedule NAME]");
	else
		step = gateway_start(&g);
	if (step == DAEMON_GO_ON) {
		log_info("ttsd-gateway %s is up", TTSD_VERSION);
		service_ready();
		loop_run(g.loop);
		step = EXIT_STOPPED;
	}
	gateway_end(&g);
	return (int)step;
}
