#include "common/net/network.h"

#include <stddef.h>
#include <string.h>

#include "common/net/ipv4.h"

#define IP_BITS (8 * PEER_IP_BYTES)
#define IPV4_BITS 32
#define GROUPS (PEER_IP_BYTES / 2)

/* Reads a number of at most `max` in at most `digits` digits of a base that is
 * 10 or 16. Returns the character behind it, or NULL. */
static const char *
read_digits(
    const char *p, unsigned base, unsigned digits, unsigned max, unsigned *out)
{
	static const char all[] = "0123456789abcdef";
	unsigned i, value = 0;
	const char *at;

	for (i = 0; i < digits && *p; i++, p++) {
		at = memchr(
		    all, *p >= 'A' && *p <= 'F' ? *p + 'a' - 'A' : *p, base);
		if (at == NULL)
			break;
		value = value * base + (unsigned)(at - all);
	}
	*out = value;
	return i == 0 || value > max ? NULL : p;
}

/* The groups of an address of IPv6 as they are read. */
struct ipv6_reading {
	uint8_t ip[PEER_IP_BYTES];
	unsigned groups;
	unsigned gap; /* at which of them "::" stands; GROUPS + 1: nowhere */
};

/* What "::" stands for is put in where it stands. */
static bool
fill_gap(struct ipv6_reading *r)
{
	unsigned behind;

	if (r->gap > GROUPS)
		return r->groups == GROUPS;
	behind = 2 * (r->groups - r->gap);
	memmove(
	    r->ip + PEER_IP_BYTES - behind, r->ip + (size_t)2 * r->gap, behind);
	memset(r->ip + (size_t)2 * r->gap, 0,
	    PEER_IP_BYTES - behind - (size_t)2 * r->gap);
	return r->groups < GROUPS;
}

/* Reads one group, or an address of IPv4 that stands for two. */
static const char *
read_group(const char *p, struct ipv6_reading *r)
{
	uint8_t *at = r->ip + (size_t)2 * r->groups;
	const char *end = strpbrk(p, ".:/");
	unsigned group;

	if (end && *end == '.') {
		if (r->groups > GROUPS - 2)
			return NULL;
		r->groups += 2;
		p = ipv4_read(p, at);
		/* It can only be the last. */
		return p && (*p == '\0' || *p == '/') ? p : NULL;
	}
	if (r->groups == GROUPS)
		return NULL;
	p = read_digits(p, 16, 4, 0xffff, &group);
	at[0] = (uint8_t)(group >> 8);
	at[1] = (uint8_t)group;
	r->groups++;
	return p;
}

/* Reads what has a colon in it. Returns the character behind it, or NULL. */
static const char *
read_ipv6(const char *p, uint8_t out[PEER_IP_BYTES])
{
	struct ipv6_reading r = { .gap = GROUPS + 1 };

	if (p[0] == ':' && p[1] != ':')
		return NULL;
	while (p && *p && *p != '/') {
		if (p[0] == ':' && p[1] == ':') {
			if (r.gap <= GROUPS)
				return NULL;
			r.gap = r.groups;
			p += 2;
			continue;
		}
		if (*p == ':' && (r.groups == 0 || r.gap == r.groups))
			return NULL;
		if (*p == ':')
			p++;
		else if (r.groups > 0 && r.gap != r.groups)
			return NULL;
		p = read_group(p, &r);
	}
	if (p == NULL || !fill_gap(&r))
		return NULL;
	memcpy(out, r.ip, PEER_IP_BYTES);
	return p;
}

/* Has it bits behind the first `bits`? */
static bool
has_more(const uint8_t *ip, unsigned bits)
{
	unsigned i;

	for (i = bits; i < IP_BITS; i++)
		if (ip[i / 8] >> (7 - i % 8) & 1)
			return true;
	return false;
}

bool
network_parse(const char *text, struct network *out)
{
	struct peer_address p = { .kind = PEER_IP };
	unsigned bits = 0, most = IP_BITS;
	uint8_t ipv4[4];
	const char *end;

	*out = (struct network){ .bits = 0 };
	if (strcmp(text, "any") == 0)
		return true;
	end = strchr(text, ':') ? read_ipv6(text, p.ip) : ipv4_read(text, ipv4);
	if (end == NULL)
		return false;
	if (strchr(text, ':') == NULL) {
		peer_address_set_ipv4(&p, ipv4);
		most = IPV4_BITS;
	}
	bits = most;
	if (*end == '/')
		end = read_digits(end + 1, 10, 3, most, &bits);
	if (end == NULL || *end)
		return false;
	memcpy(out->ip, p.ip, sizeof(out->ip));
	out->bits = IP_BITS - most + bits;
	return !has_more(out->ip, out->bits);
}

bool
network_has(const struct network *n, const struct peer_address *p)
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;

	if (p->kind != PEER_IP || memcmp(n->ip, p->ip, whole) != 0)
		return false;
	return rest == 0 || (n->ip[whole] ^ p->ip[whole]) >> (8 - rest) == 0;
}
