#include "daemon/http_connection.h"

#include <stdlib.h>

#include "platform/http_port.h"

struct http_connection *
http_connection_of(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
	    ->socket_context;
}

void
http_connection_event(void *arg, struct MHD_Connection *c, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	struct http_connections *all = arg;
	struct http_connection *k = *context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = k = calloc(1, all->bytes);
		if (k == NULL)
			return;
		k->fd = MHD_get_connection_info(
		    c, MHD_CONNECTION_INFO_CONNECTION_FD)
			    ->connect_fd;
		k->local = http_port_is_local(k->fd);
		http_slots_add(&all->slots, &k->slot, http_port_source(k->fd),
		    clock_awake_ns());
	} else if (k) {
		http_slots_remove(&all->slots, &k->slot);
		free(k);
	}
}
