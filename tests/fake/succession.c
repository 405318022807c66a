/* In the fake world a program that has ended may have had a successor: the test
 * starts it. Only children are handed over, and no connections. */
#include "platform/succession.h"

#include "common/err.h"
#include "tests/fake/fake.h"

int
succession_check(void)
{
	return ERR_UNSUPPORTED;
}

json_t *
stream_hand_over(const struct stream *s, struct parcel *p)
{
	(void)s;
	(void)p;
	return NULL;
}

void
succession_note(int argc, char **argv)
{
	(void)argc;
	(void)argv;
}

void
succession_look(void)
{
}

void
succession_hold_signals(bool hold)
{
	(void)hold;
}

const char *
succession_program(void)
{
	return "";
}

const char *const *
succession_arguments(void)
{
	static const char *const none[] = { NULL };

	return none;
}

int
succession_begin(struct loop *l, struct parcel *p)
{
	(void)l;
	(void)p;
	return ERR_UNSUPPORTED;
}

int
succession_read_trial(struct parcel *out)
{
	*out = (struct parcel){ .document = NULL };
	return ERR_UNSUPPORTED;
}

bool
succession_is_trial(const struct parcel *p)
{
	(void)p;
	return false;
}

int
stream_take_over(
    struct loop *l, struct parcel *p, const json_t *word, struct stream **out)
{
	(void)l;
	(void)p;
	(void)word;
	*out = NULL;
	return ERR_UNSUPPORTED;
}

static struct parcel bequest; /* without a document: there is none */

int
succession_read(struct parcel *out)
{
	*out = bequest;
	bequest = (struct parcel){ .document = NULL };
	return out->document ? 0 : ERR_NOT_FOUND;
}

void
fake_bequeath(struct parcel *p)
{
	bequest = *p;
	*p = (struct parcel){ .document = NULL };
}

void
succession_settle(struct parcel *p)
{
	(void)p;
}
