/* A process of Windows keeps its program: there is no execve(). */
#include "platform/succession.h"

#include "common/err.h"

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

json_t *
listener_hand_over(const struct listener *ln, struct parcel *p)
{
	(void)ln;
	(void)p;
	return NULL;
}

json_t *
process_hand_over(const struct process *pr, struct parcel *p)
{
	(void)pr;
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
succession_read(struct parcel *out)
{
	*out = (struct parcel){ .document = NULL };
	return ERR_NOT_FOUND;
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

int
listener_take_over(struct loop *l, struct parcel *p, const json_t *word,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out)
{
	(void)l;
	(void)p;
	(void)word;
	(void)accepted;
	(void)arg;
	*out = NULL;
	return ERR_UNSUPPORTED;
}

int
process_take_over(struct loop *l, struct parcel *p, const json_t *word,
    const struct process_events *events, void *arg, struct process **out)
{
	(void)l;
	(void)p;
	(void)word;
	(void)events;
	(void)arg;
	*out = NULL;
	return ERR_UNSUPPORTED;
}

void
succession_settle(struct parcel *p)
{
	(void)p;
}
