#include "gateway/mqtt/redelivery.h"

#include <stdio.h>
#include <string.h>

uint64_t
redelivery_find(const struct redelivery *r, int64_t packet, const char *key)
{
	int i;

	for (i = 0; packet > 0 && i < REDELIVERY_MAX; i++)
		if (r->of[i].packet == packet && strcmp(r->of[i].key, key) == 0)
			return r->of[i].id;
	return 0;
}

void
redelivery_note(
    struct redelivery *r, int64_t packet, const char *key, uint64_t id)
{
	unsigned at = r->next;

	if (packet <= 0 || id == 0 || strlen(key) > REDELIVERY_KEY_MAX)
		return;
	r->next = (at + 1) % REDELIVERY_MAX;
	r->of[at].packet = packet;
	r->of[at].id = id;
	snprintf(r->of[at].key, sizeof(r->of[at].key), "%s", key);
}

void
redelivery_forget(struct redelivery *r)
{
	*r = (struct redelivery){ .next = 0 };
}
