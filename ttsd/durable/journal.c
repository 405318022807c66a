#include "ttsd/durable/journal.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"

void
journal_init(struct journal *j, size_t bytes_max)
{
	*j = (struct journal){ .bytes_max = bytes_max };
}

static void
journal_drop_first(struct journal *j)
{
	struct journal_entry *e = j->first;

	j->first = e->next;
	if (j->first == NULL)
		j->last = NULL;
	if (j->next == e)
		j->next = e->next;
	j->count--;
	j->bytes -= e->bytes;
	free(e);
}

void
journal_done(struct journal *j)
{
	while (j->first)
		journal_drop_first(j);
}

int
journal_add(struct journal *j, uint64_t id, enum journal_kind kind,
    const char *text, int64_t now_ns)
{
	size_t len = strlen(text) + 1,
	       bytes = sizeof(struct journal_entry) + len;
	struct journal_entry *e;

	if (bytes > j->bytes_max - j->bytes)
		return ERR_FULL;
	e = malloc(bytes);
	if (e == NULL)
		return ERR_NOMEM;
	*e = (struct journal_entry){
		.id = id, .kind = kind, .added_ns = now_ns, .bytes = bytes
	};
	memcpy(e->text, text, len);
	if (j->last)
		j->last->next = e;
	else
		j->first = e;
	j->last = e;
	if (j->next == NULL)
		j->next = e;
	j->count++;
	j->added++;
	j->bytes += bytes;
	return 0;
}

void
journal_handed_over(struct journal *j, uint64_t number)
{
	j->next->number = number;
	j->next = j->next->next;
}

void
journal_again(struct journal *j)
{
	j->next = j->first;
}

void
journal_kept(struct journal *j, uint64_t number)
{
	while (j->first != j->next && j->first->number <= number)
		journal_drop_first(j);
}

const struct journal_entry *
journal_first(const struct journal *j, enum journal_kind kind)
{
	const struct journal_entry *e = j->first;

	while (e && e->kind < kind)
		e = e->next;
	return e;
}
