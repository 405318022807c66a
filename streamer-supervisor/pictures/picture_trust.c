#include "streamer-supervisor/pictures/picture_trust.h"

const struct record_field picture_trust_fields[] = {
	RECORD_FIELD(RECORD_SMALL, picture_trust, losses),
	RECORD_FIELD(RECORD_INTEGER, picture_trust, since_ns),
	RECORD_END,
};

/* So many losses are forgiven. */
#define FORGIVEN 1

void
picture_trust_came(struct picture_trust *t, int64_t now_ns)
{
	t->since_ns = now_ns;
}

void
picture_trust_broke(struct picture_trust *t, int64_t now_ns)
{
	if (t->since_ns == 0)
		return;
	if (now_ns - t->since_ns >= PICTURE_TRUST_FORGET_NS)
		t->losses = 0;
	t->losses++;
	t->since_ns = 0;
}

int64_t
picture_trust_hold_ns(const struct picture_trust *t)
{
	int64_t hold = PICTURE_TRUST_FIRST_NS;
	unsigned i;

	if (t->losses <= FORGIVEN)
		return 0;
	for (i = FORGIVEN + 1; i < t->losses && hold < PICTURE_TRUST_MAX_NS;
	     i++)
		hold *= 2;
	return hold < PICTURE_TRUST_MAX_NS ? hold : PICTURE_TRUST_MAX_NS;
}

bool
picture_trust_is_good(const struct picture_trust *t, int64_t now_ns)
{
	int64_t hold = picture_trust_hold_ns(t);

	return hold == 0 || (t->since_ns && now_ns - t->since_ns >= hold);
}
