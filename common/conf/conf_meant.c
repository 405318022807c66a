#include "common/conf/conf_meant.h"

#include "common/args/nearest.h"

void
conf_meant_section(const char *section, char *out, size_t size)
{
	const struct schema_section *sec;
	struct nearest n;

	nearest_begin(&n, section);
	for (sec = schema; sec->name; sec++)
		nearest_offer(&n, sec->name);
	nearest_ask(&n, "", out, size);
}

void
conf_meant_key(
    const struct schema_section *sec, const char *key, char *out, size_t size)
{
	const struct schema_key *k;
	struct nearest n;

	nearest_begin(&n, key);
	for (k = sec->keys; k->name; k++)
		nearest_offer(&n, k->name);
	nearest_ask(&n, "", out, size);
}
