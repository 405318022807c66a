#include "platform/http_port.h"

uint64_t
http_port_source(MHD_socket fd)
{
	struct peer_address p = { .kind = PEER_UNKNOWN };

	http_port_peer(fd, &p);
	return peer_address_source(&p);
}

bool
http_port_is_local(MHD_socket fd)
{
	struct peer_address p = { .kind = PEER_UNKNOWN };

	http_port_peer(fd, &p);
	return peer_address_is_local(&p);
}
