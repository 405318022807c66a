/* What is made ahead (ttsd/air/shelf.h): a successor would have to make it
 * anew, and what is needed at any moment would not be there in one. */
#include "common/body.h"
#include "common/err.h"
#include "ttsd/upgrade/estate.h"

json_t *
kept_save(struct estate *e, const struct announcement *a)
{
	const struct playout *p = a->playout;
	json_t *o = announcement_save(e, a);

	body_put(&o, "channel", json_string(p->channel));
	body_put(&o, "rate_hz", json_integer((json_int_t)p->format.rate_hz));
	body_put(&o, "channels", json_integer((json_int_t)p->format.channels));
	return o;
}

static bool
fits(const struct playout *p, const json_t *word)
{
	return body_count(word, "rate_hz") == p->format.rate_hz &&
	       body_count(word, "channels") == p->format.channels;
}

int
kept_restore(
    struct estate *e, struct shelf *s, struct playout *p, const json_t *word)
{
	bool blamed = e->fault[0] != '\0';
	struct announcement *a;
	int rc;

	if (!fits(p, word))
		return 0;
	rc = announcement_restore(e, p, word, &a);
	if (rc == 0 && a->made->making != MAKING_DONE)
		rc = ERR_INVALID;
	if (rc == 0)
		return shelf_put_made(s, a);
	announcement_free(a);
	if (rc != ERR_INVALID)
		return rc;
	/* It can be made anew: nothing is lost over it. */
	if (!blamed)
		e->fault[0] = '\0';
	return 0;
}
