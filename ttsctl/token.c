#include "ttsctl/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/control/token.h"
#include "common/err.h"
#include "common/lines.h"
#include "platform/secret.h"
#include "ttsctl/table.h"
#include "ttsctl/token_file.h"

_Static_assert(TOKEN_HASH_BYTES == SECRET_SHA256_BYTES, "the hash of a token");

const struct ctl_option token_options[] = {
	{ "may", 0, OPTION_STRING, "RIGHT,...", NULL,
	    "read, say, urgent, control, outputs, admin; or none" },
	{ "channels", 0, OPTION_STRING, "CHANNEL,...", NULL,
	    "only on these channels or zones; if not given, on all" },
	{ "ttl", 0, OPTION_SECONDS, "TIME", NULL,
	    "good for so long (90d, 12h); if not given, for ever" },
	{ "file", 0, OPTION_STRING, "FILE", NULL,
	    "the file of tokens, instead of the one that [http] tokens names" },
	{ "config", 0, OPTION_STRING, "FILE", NULL,
	    "the configuration that names it" },
	{ NULL },
};

/* ---- lines -------------------------------------------------------------- */

/* Is it the line of that name? One with a mistake behind the name is, too. */
static bool
line_is_of(const char *line, size_t len, const char *name)
{
	size_t blank = 0, n = strlen(name);

	while (blank < len && strchr(" \t", line[blank]))
		blank++;
	line += blank;
	len -= blank;
	return len >= n && memcmp(line, name, n) == 0 &&
	       (len == n || strchr(" \t\r", line[n]));
}

/* Writes all lines but those of that name, and counts the others, and those
 * that are left out. */
static int
copy_lines(const struct buf *from, const char *name, struct buf *to,
    size_t *count, size_t *left_out)
{
	const char *at = (const char *)buf_data(from), *line;
	size_t left = buf_len(from), len;
	int rc = 0;

	*count = *left_out = 0;
	while (rc == 0 && lines_next(&at, &left, &line, &len)) {
		if (line_is_of(line, len, name)) {
			++*left_out;
			continue;
		}
		++*count;
		rc = len > 0 ? buf_put(to, line, len) : 0;
		if (rc == 0)
			rc = buf_puts(to, "\n");
	}
	return rc;
}

/* ---- add ---------------------------------------------------------------- */

/* Reads NAME and the options, as the line of the file that they would be. */
static enum status
read_wish(const struct call *call, struct token *out)
{
	const char *name = call->words[1], *may = call_option(call, "may");
	const char *channels = call_option(call, "channels");
	const char *blanks = " \t\r\n#", *why = "";
	enum status status = STATUS_DONE;
	struct buf line;
	int rc;

	*out = (struct token){ 0 };
	if (may == NULL)
		return complain_usage(call,
		    "expected --may and rights: read, say, urgent, control, "
		    "outputs, admin; or none");
	if (strpbrk(name, blanks) || strpbrk(may, blanks) ||
	    (channels && strpbrk(channels, blanks)))
		return complain_usage(
		    call, "a name has no blanks, and lists have commas alone");
	buf_init(&line, TOKENS_FILE_MAX);
	rc = buf_putf(
	    &line, "%s sha256:%0*d may=%s", name, 2 * TOKEN_HASH_BYTES, 0, may);
	if (rc == 0 && channels)
		rc = buf_putf(&line, " channels=%s", channels);
	if (rc == 0)
		rc = token_parse(
		    (const char *)buf_data(&line), buf_len(&line), out, &why);
	if (rc == ERR_INVALID)
		status = complain_usage(call, "expected %s", why);
	else if (rc < 0)
		status = complain("%s", err_text(rc));
	buf_done(&line);
	return status;
}

static enum status
read_ttl(const struct call *call, struct token *t)
{
	const json_t *ttl = json_object_get(call->local, "ttl");
	int64_t ms = json_integer_value(ttl), now = clock_utc_ms();

	if (ttl == NULL)
		return STATUS_DONE;
	if (ms <= 0 || ms > TOKEN_TTL_MAX_MS)
		return complain_usage(call,
		    "--ttl: expected more than 0, and 1000 years at most");
	t->until_ms = now + ms;
	return STATUS_DONE;
}

static enum status
make_secret(struct token *t, char text[TOKEN_TEXT_MAX])
{
	uint8_t secret[TOKEN_SECRET_BYTES];

	if (secret_random(secret, sizeof(secret)) < 0)
		return complain("the system has no random bytes to give");
	token_text(secret, text);
	secret_sha256(text, strlen(text), t->hash);
	return STATUS_DONE;
}

/* Adds its line. */
static enum status
add_line(const struct token_file *f, const struct token *t)
{
	enum status status = STATUS_DONE;
	size_t count, there;
	struct buf text;
	int rc;

	buf_init(&text, TOKENS_FILE_MAX);
	rc = copy_lines(&f->text, t->name, &text, &count, &there);
	if (there > 0) {
		status = complain(
		    "there is a token '%s' already; 'ttsctl token remove %s' "
		    "takes it out",
		    t->name, t->name);
	} else if (count >= TOKENS_MAX) {
		status = complain("%s has %d lines, and no room for more; take "
				  "out who needs none any more",
		    f->path, TOKENS_MAX);
	} else {
		if (rc == 0)
			rc = token_write(t, &text);
		status = rc < 0 ? complain("%s is too long: it has %zu bytes "
					   "at most",
				      f->path, TOKENS_FILE_MAX)
				: token_file_write(f, &text);
	}
	buf_done(&text);
	return status;
}

static void
print_token(const struct call *call, const struct token *t, const char *text)
{
	if (call_flag(call, "json"))
		printf("{\"name\":\"%s\",\"token\":\"%s\"}\n", t->name, text);
	else
		printf("%s\n", text);
	fflush(stdout);
}

static enum status
token_add(struct call *call)
{
	char text[TOKEN_TEXT_MAX];
	struct token_file f;
	struct token t;
	enum status status = read_wish(call, &t);

	if (status == STATUS_DONE)
		status = read_ttl(call, &t);
	if (status == STATUS_DONE)
		status = make_secret(&t, text);
	if (status == STATUS_DONE) {
		status = token_file_open(&f, call, true);
		if (status == STATUS_DONE)
			status = add_line(&f, &t);
		if (status == STATUS_DONE) {
			print_token(call, &t, text);
			fprintf(stderr,
			    "ttsctl: '%s' is in %s; its token is shown this "
			    "once\n",
			    t.name, f.path);
			if (f.guessed)
				fprintf(stderr,
				    "ttsctl: there is no %s; a gateway that "
				    "was started with -c FILE may read "
				    "another file of tokens: --config FILE "
				    "says which\n",
				    path_config_file());
		}
		token_file_done(&f);
	}
	token_done(&t);
	return status;
}

/* ---- list --------------------------------------------------------------- */

static json_t *
list_rights(const struct token *t)
{
	json_t *list = json_array();
	int r;

	for (r = 0; r < RIGHT_COUNT; r++)
		if (t->rights & UINT32_C(1) << r)
			json_array_append_new(
			    list, json_string(right_name((enum right)r)));
	return list;
}

static json_t *
list_channels(const struct token *t)
{
	const char *name = t->channels;
	json_t *list = json_array();

	for (; *name; name += strlen(name) + 1)
		json_array_append_new(list, json_string(name));
	return list;
}

/* What is told of a token: never its hash. */
static json_t *
describe(const struct token *t)
{
	json_t *row = json_object();

	json_object_set_new(row, "name", json_string(t->name));
	json_object_set_new(row, "may", list_rights(t));
	if (t->channels)
		json_object_set_new(row, "channels", list_channels(t));
	if (t->until_ms)
		json_object_set_new(row, "until_ms", json_integer(t->until_ms));
	if (t->until_ms && t->until_ms <= clock_utc_ms())
		json_object_set_new(row, "over", json_true());
	return row;
}

static json_t *
list_tokens(const struct token_file *f)
{
	const char *at = (const char *)buf_data(&f->text), *line, *why = "";
	size_t left = buf_len(&f->text), len;
	json_t *rows = json_array();
	unsigned number = 0;
	struct token t;
	int rc;

	while (lines_next(&at, &left, &line, &len)) {
		rc = token_parse(line, len, &t, &why);
		number++;
		if (rc == ERR_INVALID)
			complain("%s line %u: expected %s; this token is not "
				 "known until the line is mended",
			    f->path, number, why);
		if (rc < 0)
			continue;
		json_array_append_new(rows, describe(&t));
		token_done(&t);
	}
	return rows;
}

static void
print_json(const json_t *rows)
{
	char *text = json_dumps(rows, JSON_COMPACT);

	if (text)
		puts(text);
	free(text);
}

static void
print_tokens(const json_t *rows)
{
	static const struct column columns[] = {
		{ .title = "NAME", .field = "name" },
		{ .title = "MAY", .field = "may" },
		{ .title = "CHANNELS", .field = "channels" },
		{ .title = "UNTIL", .field = "until_ms", .format = cell_date },
		{ NULL },
	};
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) if (json_object_get(row, "over"))
	    table_note(row, "", json_string("its time is over"));
	table_print(columns, rows, "nobody has a token");
}

static enum status
token_list(struct call *call)
{
	struct token_file f;
	enum status status = token_file_open(&f, call, false);
	json_t *rows;

	if (status == STATUS_DONE) {
		rows = list_tokens(&f);
		if (call_flag(call, "json"))
			print_json(rows);
		else
			print_tokens(rows);
		json_decref(rows);
	}
	token_file_done(&f);
	return status;
}

/* ---- remove ------------------------------------------------------------- */

static enum status
token_remove(struct call *call)
{
	const char *name = call->words[1];
	size_t count, there = 0;
	struct token_file f;
	enum status status = token_file_open(&f, call, true);
	struct buf text;
	int rc = 0;

	buf_init(&text, TOKENS_FILE_MAX + 1);
	if (status == STATUS_DONE)
		rc = copy_lines(&f.text, name, &text, &count, &there);
	if (rc < 0)
		status = complain("%s", err_text(rc));
	else if (status == STATUS_DONE && there == 0)
		status = complain("there is no token '%s'; 'ttsctl token list' "
				  "shows them",
		    name);
	else if (status == STATUS_DONE)
		status = token_file_write(&f, &text);
	buf_done(&text);
	token_file_done(&f);
	return status;
}

/* ---- which -------------------------------------------------------------- */

static const struct {
	const char *word;
	size_t words; /* with it */
	enum status (*run)(struct call *call);
} verbs[] = {
	{ "add", 2, token_add },
	{ "list", 1, token_list },
	{ "remove", 2, token_remove },
};

enum status
run_token(struct call *call)
{
	size_t i, n = sizeof(verbs) / sizeof(*verbs);

	for (i = 0; i < n && strcmp(verbs[i].word, call->words[0]) != 0;)
		i++;
	if (i < n && verbs[i].words == call->word_count)
		return verbs[i].run(call);
	return complain_usage(call, "expected %s", call->command->arguments);
}
