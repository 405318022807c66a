/* Who waits. */
#include <stdlib.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/le.h"
#include "ttsd/upgrade/estate.h"

/* So many of each channel go over with it: enough to speak until the others
 * have arrived. */
#define FIRST_MAX 8

#define ID_BYTES sizeof(uint64_t)

/* One that was taken off the air goes over with what is made of it; of the
 * others that is little, and is made again. */
const struct announcement *
queue_first_arrival(const struct queue *q)
{
	const struct announcement *a, *first = NULL;
	size_t i = 0;

	for (a = queue_first(q); a; a = queue_after(q, a)) {
		i++;
		if (i <= FIRST_MAX || announcement_was_on_air(a))
			first = queue_after(q, a);
	}
	return first;
}

/* ---- handing over ----------------------------------------------------- */

static void
id_put(struct buf *to, uint64_t id)
{
	uint8_t bytes[ID_BYTES];

	le64_put(bytes, id);
	buf_put(to, bytes, ID_BYTES);
}

/* The ids of those who arrive, by their turns. */
static json_t *
arrivals_save(
    struct estate *e, const struct queue *q, const struct announcement *a)
{
	struct buf ids;
	json_t *piece = NULL;

	buf_init(&ids, PARCEL_MAX);
	if (buf_reserve(&ids, q->count * ID_BYTES) == 0) {
		for (; a; a = queue_after(q, a))
			id_put(&ids, a->id);
		piece = parcel_add(e->parcel, buf_data(&ids), buf_len(&ids));
	}
	buf_done(&ids);
	return piece;
}

json_t *
queue_save(struct estate *e, const struct queue *q)
{
	const struct announcement *behind = queue_first_arrival(q), *a;
	json_t *o = json_object(), *list = json_array();

	for (a = queue_first(q); a != behind; a = queue_after(q, a))
		body_append(&list, announcement_save(e, a));
	body_put(&o, "first", list);
	if (behind)
		body_put(&o, "arrivals", arrivals_save(e, q, behind));
	return o;
}

json_t *
arrival_save(struct estate *e, const struct announcement *a)
{
	json_t *o = announcement_save_asked(e, a);

	body_put(&o, "channel", json_string(a->playout->channel));
	estate_tell_common(e, &o);
	return o;
}

/* ---- restoring -------------------------------------------------------- */

/* All of them have been accepted, however many there may be from now on. */
static int
push(struct playout *p, struct announcement *a)
{
	size_t max = p->queue.max;
	int rc;

	p->queue.max = SIZE_MAX;
	rc = queue_push(&p->queue, a, clock_now_ns());
	p->queue.max = max;
	return rc;
}

int
queued_restore(struct estate *e, struct playout *p, const json_t *word)
{
	struct announcement *a;
	int rc = announcement_restore(e, p, word, &a);

	if (rc == 0)
		rc = push(p, a);
	if (rc < 0)
		announcement_free(a);
	return rc;
}

static int
arrivals_restore(struct estate *e, struct arrivals *to, const json_t *word)
{
	const uint8_t *data;
	size_t len;
	int rc = parcel_find(e->parcel, word, &data, &len);

	if (rc < 0 || len % ID_BYTES != 0)
		return ERR_INVALID;
	to->ids = malloc(len + 1);
	if (to->ids == NULL)
		return ERR_NOMEM;
	for (; to->count < len / ID_BYTES; to->count++)
		to->ids[to->count] = le64_get(data + to->count * ID_BYTES);
	return 0;
}

int
queue_restore(struct estate *e, struct playout *p, const json_t *word)
{
	const json_t *first = json_object_get(word, "first");
	const json_t *ids = json_object_get(word, "arrivals");
	size_t i;
	int rc = ids ? arrivals_restore(e, &p->arrivals, ids) : 0;

	for (i = 0; i < json_array_size(first) && rc == 0; i++)
		rc = queued_restore(e, p, json_array_get(first, i));
	return rc;
}

int
arrival_restore(struct estate *e, struct playout *p, const json_t *word)
{
	struct arrivals *as = &p->arrivals;
	int rc = estate_hear_common(e, word);

	if (rc < 0)
		return rc;
	if (as->came == as->count || as->ids[as->came] != body_id(word, "id") ||
	    json_object_get(word, "plays") ||
	    json_object_get(word, "recording"))
		return ERR_INVALID;
	rc = queued_restore(e, p, word);
	if (rc == 0)
		as->came++;
	return rc;
}
