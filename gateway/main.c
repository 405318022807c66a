/* ttsd-gateway: both daemons over HTTP, MQTT and Wyoming. */
#include <string.h>

#include "common/version.h"
#include "gateway/gateway.h"
#include "gateway/reload.h"

static const struct daemon_program program = {
	.name = "ttsd-gateway",
	.about =
	    "Serves ttsd and streamer-supervisor over HTTP, MQTT and Wyoming.",
	.not_checked = "; what concerns\n"
		       "                       the other daemons they check",
	.check = gateway_check,
	.state = 1,
	.take_over = reload_try,
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
	if (gateway_serves(&g.conf)) {
		step = gateway_start(&g);
	} else {
		log_info("nothing is to be served: there is no [http] listen, "
			 "no [mqtt] url, no [wyoming] listen and no "
			 "[schedule NAME]");
		/* Who ends before is a service that failed. */
		service_ready();
	}
	if (step == DAEMON_GO_ON) {
		log_info("ttsd-gateway %s is up", TTSD_VERSION);
		daemon_serve(g.loop, &gateway_report, &g);
		step = EXIT_STOPPED;
	}
	gateway_end(&g);
	return (int)step;
}
