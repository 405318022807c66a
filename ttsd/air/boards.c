#include "ttsd/air/boards.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/list.h"

struct own_board {
	struct own_board *next;
	char *video;
	struct board board;
};

static struct own_board *
own_find(const struct boards *b, const char *video)
{
	struct own_board *own = b->own;

	while (own && strcmp(own->video, video) != 0)
		own = own->next;
	return own;
}

static void
own_free(struct own_board *own)
{
	board_done(&own->board);
	free(own->video);
	free(own);
}

static struct own_board *
own_new(struct boards *b, const char *video)
{
	struct own_board *own = calloc(1, sizeof(*own));

	if (own == NULL)
		return NULL;
	own->video = strdup(video);
	if (board_copy(&own->board, &b->all) < 0 || own->video == NULL) {
		own_free(own);
		return NULL;
	}
	LIST_APPEND(b->own, own);
	return own;
}

int
boards_init(struct boards *b)
{
	b->own = NULL;
	return board_init(&b->all);
}

void
boards_done(struct boards *b)
{
	struct own_board *own;

	while ((own = b->own) != NULL) {
		LIST_REMOVE(b->own, own);
		own_free(own);
	}
	board_done(&b->all);
}

static int
call(struct board *b, json_int_t id, const json_t *show)
{
	int set = board_set_all(b, show), noted = board_call(b, id, show);

	return set < 0 ? set : noted < 0 ? noted : 0;
}

int
boards_call(struct boards *b, json_int_t id, const json_t *show)
{
	struct own_board *own;
	int rc, one;

	if (show == NULL)
		return 0;
	rc = call(&b->all, id, show);
	for (own = b->own; own; own = own->next) {
		one = call(&own->board, id, show);
		if (one < 0)
			rc = one;
	}
	return rc;
}

int
boards_show(struct boards *b, const char *video, const json_t *show)
{
	struct own_board *own = own_find(b, video);

	if (own == NULL)
		own = own_new(b, video);
	return own ? board_set_all(&own->board, show) : ERR_NOMEM;
}

json_t *
boards_tell(const struct boards *b, const char *video)
{
	const struct own_board *own = own_find(b, video);

	return board_tell(own ? &own->board : &b->all);
}

json_t *
boards_save(const struct boards *b)
{
	json_t *o = json_object(), *each = json_object();
	const struct own_board *own;

	for (own = b->own; own; own = own->next)
		body_put(&each, own->video, board_tell(&own->board));
	body_put(&o, "all", board_tell(&b->all));
	body_put(&o, "own", each);
	return o;
}

int
boards_restore(struct boards *b, const json_t *saved)
{
	json_t *each = json_object_get(saved, "own"), *told;
	struct own_board *own;
	const char *video;
	int rc = 0;

	json_object_foreach(each, video, told)
	{
		own = rc == 0 ? own_new(b, video) : NULL;
		rc = own ? board_take(&own->board, told) : ERR_NOMEM;
	}
	return rc == 0 ? board_take(&b->all, json_object_get(saved, "all"))
		       : rc;
}
