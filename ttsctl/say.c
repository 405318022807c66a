/* `say`: its text, and how it is asked for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/utf8.h"
#include "ttsctl/request.h"

/* `say -` reads at most so many bytes; ttsd takes less. */
#define TEXT_MAX_BYTES (1024u * 1024)

/* Reads all of standard input, without the newlines at its end. */
static enum status
read_text(struct buf *text)
{
	char chunk[4096];
	size_t n;

	while ((n = fread(chunk, 1, sizeof(chunk), stdin)) > 0)
		if (buf_put(text, chunk, n) < 0)
			return complain_data(
			    "the text is longer than %u bytes", TEXT_MAX_BYTES);
	if (ferror(stdin))
		return complain(
		    "standard input cannot be read: %s", strerror(errno));
	while (buf_len(text) > 0 && text->mem[text->end - 1] == '\n')
		text->end--;
	return STATUS_DONE;
}

static enum status
join_words(const struct call *call, struct buf *text)
{
	size_t i;

	for (i = 0; i < call->word_count; i++)
		if (buf_putf(text, "%s%s", i ? " " : "", call->words[i]) < 0)
			return complain_data("the text is too long");
	return STATUS_DONE;
}

/* JSON would pass a NUL on, and no voice has a word for it. */
static enum status
check_text(const struct buf *text)
{
	size_t len = buf_len(text);
	const uint8_t *nul = len > 0 ? memchr(buf_data(text), '\0', len) : NULL;

	if (nul)
		return complain_data("byte %zu of the text is a NUL: that is "
				     "no text, or none in UTF-8",
		    (size_t)(nul - buf_data(text)) + 1);
	if (!utf8_valid((const char *)buf_data(text), len))
		return complain_data("the text is not UTF-8");
	return STATUS_DONE;
}

enum status
prepare_say(struct call *call)
{
	bool from_input =
	    call->word_count == 1 && strcmp(call->words[0], "-") == 0;
	enum status status;
	struct buf text;

	buf_init(&text, TEXT_MAX_BYTES);
	status = from_input ? read_text(&text) : join_words(call, &text);
	if (status == STATUS_DONE)
		status = check_text(&text);
	if (status == STATUS_DONE)
		json_object_set_new(call->request,
		    call_flag(call, "ssml") ? "ssml" : "text",
		    buf_len(&text) ? json_stringn((const char *)buf_data(&text),
					 buf_len(&text))
				   : json_string(""));
	buf_done(&text);
	return status;
}

enum status
run_say(struct call *call)
{
	return call_flag(call, "wait") || call_option(call, "wait")
		   ? run_say_and_wait(call)
		   : run_request(call);
}
