/*
 * An address of IPv4 as text, wherever one stands: four numbers of at most 255
 * in decimal, "a.b.c.d". One with zeros in front is none, for to some programs
 * 010 is ten, and to others eight. Pure.
 */
#ifndef COMMON_NET_IPV4_H
#define COMMON_NET_IPV4_H

#include <stdint.h>

/* Returns the character behind it; NULL: there is none. */
const char *ipv4_read(const char *text, uint8_t out[4]);

#endif
