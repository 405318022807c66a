/*
 * The console at / and the board at /board/CHANNEL: pages, and what belongs to
 * them at /console/. They hold no secret and are for everybody; what they show
 * they ask for as any other client does, with the token of who sits there.
 */
#include <string.h>

#include "gateway/api/api.h"
#include "gateway/api/console_files.h"
#include "gateway/http/answer.h"

/* Nothing but what is served here, no script within a page, and the page in no
 * other one's frame. */
#define POLICY                                                      \
	"default-src 'self'; base-uri 'none'; form-action 'none'; " \
	"frame-ancestors 'none'; object-src 'none'"

static const struct console_file *
find_file(const char *name)
{
	const struct console_file *f = console_files;

	while (f->name && strcmp(f->name, name) != 0)
		f++;
	return f->name ? f : NULL;
}

/* Is the word in a list with commas? What is weighed ("gzip;q=0.5") counts as
 * asked for, unless with 0. */
static bool
lists(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (; list && *list; list += strcspn(list, ",")) {
		list += strspn(list, ", ");
		if (strncmp(list, word, len) != 0)
			continue;
		list += len;
		if (strcspn(list, ", ;") == 0)
			return strncmp(list, ";q=0", 4) != 0 || list[4] == '.';
	}
	return false;
}

static void
give_file(struct exchange *x, const struct console_file *f)
{
	bool small = lists(exchange_header(x, "Accept-Encoding"), "gzip");
	const char *tag = small ? f->tag_small : f->tag;

	exchange_set(x, "ETag", tag);
	exchange_set(x, "Vary", "Accept-Encoding");
	/* Kept, and asked for again whether it is still that. */
	exchange_set(x, "Cache-Control", "no-cache");
	exchange_set(x, "Content-Security-Policy", POLICY);
	if (lists(exchange_header(x, "If-None-Match"), tag)) {
		exchange_reply(x, 304, f->type, "", 0);
		return;
	}
	if (small)
		exchange_set(x, "Content-Encoding", "gzip");
	exchange_reply(x, 200, f->type, small ? f->small : f->data,
	    small ? f->small_len : f->len);
}

void
console_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	(void)a;
	(void)who;
	(void)rest;
	give_file(x, find_file("index.html"));
}

void
board_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	(void)a;
	(void)who;
	/* Whether there is such a channel its page finds out. */
	(void)rest;
	give_file(x, find_file("board.html"));
}

void
console_file_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	const struct console_file *f = find_file(rest);

	(void)a;
	(void)who;
	if (f)
		give_file(x, f);
	else
		answer_error(x, 0, "not-found", "the console has no such file");
}
