/*
 * The file of tokens, as `token` finds, reads and writes it.
 */
#ifndef TTSCTL_TOKEN_FILE_H
#define TTSCTL_TOKEN_FILE_H

#include "common/buf.h"
#include "ttsctl/ttsctl.h"

struct token_file {
	char path[PLATFORM_PATH_MAX];
	bool guessed; /* no configuration says which one it is: a gateway that
			 was started with one (`-c`) may read another */
	struct buf text;
};

/* Finds it as the call says (--file, --config), holds it where it is `to_write`
 * (file_hold()), and reads it; one that is not there is empty. Fails with a
 * message. token_file_done() is due either way. */
enum status token_file_open(
    struct token_file *f, const struct call *call, bool to_write);
void token_file_done(struct token_file *f);

/* Writes all of `text` in its place. Fails with a message. */
enum status token_file_write(
    const struct token_file *f, const struct buf *text);

#endif
