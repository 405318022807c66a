#include "streamer-supervisor/receipts/post.h"

#include "common/body.h"

void
post_done(struct post *p)
{
	json_decref(p->waiting);
	*p = (struct post){ 0 };
}

/* Takes so many from the front. */
static void
post_drop(struct post *p, size_t n)
{
	while (n-- > 0)
		json_array_remove(p->waiting, 0);
}

void
post_add(struct post *p, json_t *receipt)
{
	if (p->waiting == NULL)
		p->waiting = json_array();
	if (receipt == NULL || json_array_append_new(p->waiting, receipt) < 0) {
		p->lost++;
		return;
	}
	if (json_array_size(p->waiting) <= POST_MAX)
		return;
	post_drop(p, 1);
	p->under_way -= p->under_way > 0;
	p->lost++;
}

/* The request as JSON; NULL without memory. */
static json_t *
make_request(const struct post *p, size_t n)
{
	json_t *list = json_array(), *request;
	size_t i;

	for (i = 0; i < n; i++)
		body_append(&list, json_incref(json_array_get(p->waiting, i)));
	request = json_pack("{s:s, s:s}", "op", "receipt", "tag", "receipt");
	body_put(&request, "receipts", list);
	return request;
}

char *
post_next(struct post *p)
{
	size_t n = json_array_size(p->waiting), len;
	json_t *request;
	char *line;

	if (n == 0 || p->under_way > 0)
		return NULL;
	if (n > POST_BATCH)
		n = POST_BATCH;
	request = make_request(p, n);
	line = body_line(request, &len);
	json_decref(request);
	if (line)
		p->under_way = n;
	return line;
}

void
post_answered(struct post *p)
{
	post_drop(p, p->under_way);
	p->under_way = 0;
}

void
post_again(struct post *p)
{
	p->under_way = 0;
}

json_t *
post_hand_over(const struct post *p)
{
	return p->waiting ? json_incref(p->waiting) : json_array();
}

void
post_take_over(struct post *p, const json_t *word)
{
	const json_t *one;
	size_t i;

	json_array_foreach(word, i, one)
	{
		post_add(p, json_incref((json_t *)one));
	}
}
