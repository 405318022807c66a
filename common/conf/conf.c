#include "common/conf/conf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/words.h"
#include "common/conf/conf_internal.h"
#include "common/conf/conf_meant.h"
#include "common/conf/ini.h"
#include "common/err.h"
#include "common/text/language.h"
#include "common/utf8.h"

/* Bytes of a value that is no text and is shown: too few for a secret. */
#define SHOWN_VALUE_MAX 8

static int
block_init(const struct schema_section *sec, void *block)
{
	const struct schema_key *key;

	memset(block, 0, sec->size);
	((struct conf_block *)block)->section = sec->name;
	for (key = sec->keys; key->name; key++)
		if (conf_store(key, key->initial, block) < 0)
			return ERR_NOMEM;
	return 0;
}

static void
block_done(const struct schema_section *sec, void *block)
{
	const struct schema_key *key;
	void *slot;

	for (key = sec->keys; key->name; key++) {
		slot = (char *)block + key->offset;
		if (conf_storage(key) == STORED_TEXT)
			free(*(char **)slot);
		else if (conf_storage(key) == STORED_WORDS)
			words_free(*(char ***)slot);
	}
}

static struct conf_list *
list_of(struct conf *c, const struct schema_section *sec)
{
	return (struct conf_list *)((char *)c + sec->offset);
}

static void *
list_item(struct conf *c, const struct schema_section *sec, size_t i)
{
	return (char *)list_of(c, sec)->items + i * sec->size;
}

const struct conf_block *
conf_block_at(const struct conf *c, const char *section, size_t i)
{
	const struct schema_section *sec = schema_find(section);
	struct conf *whole = (struct conf *)c;

	return i < list_of(whole, sec)->count ? list_item(whole, sec, i) : NULL;
}

void *
conf_find_block(
    const struct conf *c, const struct schema_section *sec, const char *name)
{
	struct conf *whole = (struct conf *)c;
	size_t i;

	if (!sec->named)
		return (char *)whole + sec->offset;
	for (i = 0; i < list_of(whole, sec)->count; i++)
		if (strcmp(
			((struct conf_block *)list_item(whole, sec, i))->name,
			name) == 0)
			return list_item(whole, sec, i);
	return NULL;
}

void *
conf_add_block(
    struct conf *c, const struct schema_section *sec, const char *name)
{
	struct conf_list *list = list_of(c, sec);
	void *items, *block;

	if (list->count >= CONF_BLOCKS_MAX)
		return NULL;
	items = realloc(list->items, (list->count + 1) * sec->size);
	if (items == NULL)
		return NULL;
	list->items = items;
	block = list_item(c, sec, list->count);
	if (block_init(sec, block) < 0) {
		block_done(sec, block);
		return NULL;
	}
	list->count++;
	snprintf(
	    ((struct conf_block *)block)->name, CONF_NAME_MAX + 1, "%s", name);
	return block;
}

/* "ttsd, streamer, engine NAME": what there is. */
static const char *
list_sections(char *out, size_t size)
{
	const struct schema_section *sec;
	size_t n = 0;

	for (sec = schema; sec->name && n < size; sec++)
		n += (size_t)snprintf(out + n, size - n, "%s%s%s",
		    n ? ", " : "", sec->name, sec->named ? " NAME" : "");
	return out;
}

/* Finds the block of "[section name]", or makes it. Where it fails `e` is
 * filled. */
static int
open_block(struct conf *c, const char *section, const char *name,
    const struct schema_section **sec, struct conf_block **out,
    const struct conf_origin *at, struct conf_error *e)
{
	char known[200], meant[80];

	*out = NULL;
	*sec = schema_find(section);
	if (*sec == NULL) {
		conf_meant_section(section, meant, sizeof(meant));
		return conf_complain(e, at,
		    "unknown section [%s]%s; there are %s",
		    conf_show(section).text, meant,
		    list_sections(known, sizeof(known)));
	}
	if ((*sec)->named && !conf_name_valid(name))
		return conf_complain(e, at,
		    "[%s %s]: a name is 1 to %d of " CONF_NAME_OF, section,
		    conf_show(name).text, CONF_NAME_MAX);
	if (!(*sec)->named && name[0])
		return conf_complain(e, at, "[%s] has no name", section);
	*out = conf_find_block(c, *sec, name);
	if (*out == NULL && list_of(c, *sec)->count >= CONF_BLOCKS_MAX)
		return conf_complain(
		    e, at, "[%s %s]: too many sections", section, name);
	if (*out == NULL)
		*out = conf_add_block(c, *sec, name);
	if (*out == NULL)
		return conf_want_memory(e);
	if ((*out)->line == 0 && at->file == NULL)
		(*out)->line = CONF_BY_OPTION;
	return 0;
}

/* Text may be a secret, and so may be whatever somebody pasted where a word
 * or a number belongs: only what is too short for one is shown. */
static int
complain_of_value(const struct schema_key *key, const struct conf_block *block,
    const char *value, const struct conf_origin *at, struct conf_error *e)
{
	enum conf_storage as = conf_storage(key);
	bool secret = as == STORED_TEXT || as == STORED_WORDS ||
		      strlen(value) > SHOWN_VALUE_MAX;
	const char *quote = secret ? "" : "'";
	char expected[256];

	schema_expected(key, expected, sizeof(expected));
	return conf_complain(e, at,
	    "[%s%s%s] %s: %s%s%s is not valid; expected %s", block->section,
	    block->name[0] ? " " : "", block->name, key->name, quote,
	    secret ? "the value" : value, quote, expected);
}

/* Sets one "fields.NAME". Each may stand once in the file; an option wins. */
static int
set_field(const struct schema_key *key, struct conf_block *block,
    const char *name, const char *text, const struct conf_origin *at,
    struct conf_error *e)
{
	const struct schema_section *sec = schema_find(block->section);
	const char *field = strchr(name, '.') + 1;
	int rc;

	if (at->file && conf_has_field(key, field, block))
		return conf_complain(e, at, "[%s %s] %s: set already",
		    block->section, block->name, conf_show(name).text);
	rc = conf_store_field(key, field, text, block);
	if (rc == ERR_NOMEM)
		return conf_want_memory(e);
	if (rc < 0)
		return complain_of_value(key, block, text, at, e);
	block->set_at[key - sec->keys] = at->file ? at->line : CONF_BY_OPTION;
	return 0;
}

static int
set_value(const struct schema_section *sec, struct conf_block *block,
    const char *name, const char *value, const struct conf_origin *at,
    struct conf_error *e)
{
	const struct schema_key *key = schema_find_key(sec, name);
	const char *space = block->name[0] ? " " : "";
	unsigned *set_at;
	char meant[80];
	int rc;

	if (key == NULL) {
		conf_meant_key(sec, name, meant, sizeof(meant));
		return conf_complain(e, at, "[%s%s%s] has no key '%s'%s",
		    sec->name, space, block->name, conf_show(name).text, meant);
	}
	set_at = &block->set_at[key - sec->keys];
	if (key->type == SCHEMA_FIELDS)
		return set_field(key, block, name, value, at, e);
	if (at->file && *set_at)
		return conf_complain(e, at,
		    "[%s%s%s] %s: set already in line %u", sec->name, space,
		    block->name, name, *set_at);
	rc = conf_store(key, value, block);
	if (rc == ERR_NOMEM)
		return conf_want_memory(e);
	if (rc < 0)
		return complain_of_value(key, block, value, at, e);
	*set_at = at->file ? at->line : CONF_BY_OPTION;
	return 0;
}

/* ---- the file --------------------------------------------------------- */

struct reader {
	struct conf *conf;
	const struct schema_section *sec;
	struct conf_block *block;
	struct conf_origin at;
	struct conf_error *e;
};

static int
read_header(struct reader *r, char *s)
{
	char *name = s + strcspn(s, " \t");
	int rc;

	if (*name)
		*name++ = '\0';
	name += strspn(name, " \t");
	rc = open_block(r->conf, s, name, &r->sec, &r->block, &r->at, r->e);
	if (rc < 0)
		return rc;
	if (r->block->line && r->block->line != CONF_BY_OPTION)
		return conf_complain(r->e, &r->at,
		    "this section stands already in line %u", r->block->line);
	r->block->line = r->at.line;
	return 0;
}

static int
complain_of_line(struct reader *r, enum ini_mistake mistake, const char *line)
{
	if (mistake == INI_NO_TEXT)
		return conf_complain(r->e, &r->at, "not UTF-8 text");
	if (mistake == INI_NO_BRACKET)
		return conf_complain(r->e, &r->at,
		    "a section is written [section] or [section name]");
	return conf_complain(r->e, &r->at,
	    "expected 'key = value' where '%s' stands", conf_show(line).text);
}

/* `text` holds a copy of the line's parts, each terminated. */
static int
read_line(struct reader *r, const struct ini_line *line, char *text)
{
	char *value = text + line->key.len + 1;

	snprintf(
	    text, CONF_LINE_MAX + 2, "%.*s", (int)line->key.len, line->key.s);
	if (line->kind == INI_MISTAKE)
		return complain_of_line(r, line->mistake, text);
	if (line->kind == INI_SECTION)
		return read_header(r, text);
	if (r->block == NULL)
		return conf_complain(
		    r->e, &r->at, "a key before the first [section]");
	snprintf(value, line->value.len + 1, "%.*s", (int)line->value.len,
	    line->value.s);
	return set_value(r->sec, r->block, text, value, &r->at, r->e);
}

int
conf_parse(struct conf *c, const char *file, const char *text, size_t len,
    struct conf_error *e)
{
	struct reader r = { .conf = c, .at = { .file = file }, .e = e };
	char copy[CONF_LINE_MAX + 2];
	struct ini_line line;
	struct ini ini;
	int rc = 0;

	free(c->file);
	c->file = strdup(file);
	if (c->file == NULL)
		return conf_want_memory(e);
	ini_begin(&ini, text, len, true);
	while (rc == 0 && ini_next(&ini, &line)) {
		r.at.line = line.number;
		if (line.key.len + line.value.len > CONF_LINE_MAX)
			return conf_complain(e, &r.at,
			    "a line has at most %d bytes", CONF_LINE_MAX);
		rc = read_line(&r, &line, copy);
	}
	return rc;
}

/* Part of a key's name may have been taken for the end of the block's name:
 * "fields" in video.board.fields.ticket. Returns the key, and cuts `name`. */
static char *
widen_key(const char *section, char *name, char *key)
{
	const struct schema_section *sec = schema_find(section);
	char *dot = strrchr(name, '.');
	bool wide;

	if (sec == NULL || dot == NULL)
		return key;
	key[-1] = '.';
	wide = schema_find_key(sec, dot + 1) != NULL;
	key[-1] = '\0';
	if (!wide)
		return key;
	key[-1] = '.';
	*dot = '\0';
	return dot + 1;
}

int
conf_set(struct conf *c, const char *option, struct conf_error *e)
{
	struct conf_origin at = { .option = option };
	const struct schema_section *sec;
	struct conf_block *block;
	char left[160], *key, *name;
	const char *value = strchr(option, '=');
	size_t n = value ? (size_t)(value - option) : 0;
	int rc;

	if (n == 0 || n >= sizeof(left) || !utf8_valid(option, strlen(option)))
		return conf_complain(e, &at,
		    "expected section.key=value or "
		    "section.name.key=value");
	memcpy(left, option, n);
	left[n] = '\0';
	key = strrchr(left, '.');
	if (key == NULL)
		return conf_complain(e, &at,
		    "expected section.key=value or "
		    "section.name.key=value");
	*key++ = '\0';
	name = strchr(left, '.');
	if (name)
		*name++ = '\0';
	if (name)
		key = widen_key(left, name, key);
	rc = open_block(c, left, name ? name : "", &sec, &block, &at, e);
	if (rc < 0)
		return rc;
	return set_value(sec, block, key, value + 1, &at, e);
}

/* ---- the whole -------------------------------------------------------- */

int
conf_init(struct conf *c)
{
	const struct schema_section *sec;
	int rc = 0;

	memset(c, 0, sizeof(*c));
	/* All of them have to be blocks, even after a failure: conf_done()
	 * comes. */
	for (sec = schema; sec->name; sec++)
		if (!sec->named && block_init(sec, (char *)c + sec->offset) < 0)
			rc = ERR_NOMEM;
	return rc;
}

void
conf_each_block(struct conf *c,
    void (*what)(void *arg, struct conf_block *block), void *arg)
{
	const struct schema_section *sec;
	size_t i;

	for (sec = schema; sec->name; sec++) {
		if (!sec->named)
			what(arg, (void *)((char *)c + sec->offset));
		for (i = 0; sec->named && i < list_of(c, sec)->count; i++)
			what(arg, list_item(c, sec, i));
	}
}

static void
discard_block(void *arg, struct conf_block *block)
{
	(void)arg;
	if (block->section)
		block_done(schema_find(block->section), block);
}

void
conf_done(struct conf *c)
{
	const struct schema_section *sec;

	conf_each_block(c, discard_block, NULL);
	for (sec = schema; sec->name; sec++)
		if (sec->named)
			free(list_of(c, sec)->items);
	free(c->file);
	memset(c, 0, sizeof(*c));
}

const struct conf_engine *
conf_engine_find(const struct conf *c, const char *name)
{
	return conf_find_block(c, schema_find("engine"), name);
}

const struct conf_channel *
conf_channel_find(const struct conf *c, const char *name)
{
	return conf_find_block(c, schema_find("channel"), name);
}

const struct conf_zone *
conf_zone_find(const struct conf *c, const char *name)
{
	return conf_find_block(c, schema_find("zone"), name);
}

bool
conf_name_has(const struct conf *c, const char *name, const char *channel)
{
	const struct conf_zone *zone = conf_zone_find(c, name);
	char **member = zone ? zone->channels : NULL;

	while (member && *member && strcmp(*member, channel) != 0)
		member++;
	return strcmp(name, channel) == 0 || (member && *member);
}

const struct conf_video *
conf_video_find(const struct conf *c, const char *name)
{
	return conf_find_block(c, schema_find("video"), name);
}

const struct conf_channel *
conf_channel_of(const struct conf *c, const struct conf_output *o)
{
	return o->channel[0] ? conf_channel_find(c, o->channel)
			     : conf_channel_at(c, 0);
}

enum conf_durable
conf_durable_of(const struct conf *c, const struct conf_channel *ch)
{
	return (enum conf_durable)(
	    ch->durable == KEPT_AS_TTSD ? c->ttsd.durable : ch->durable);
}

static const struct conf_language *
find_language(const struct conf *c, const char *normal)
{
	const struct conf_language *l;
	char tag[LANGUAGE_MAX + 1];
	size_t i;

	for (i = 0; i < c->languages.count; i++) {
		l = conf_language_at(c, i);
		if (language_normalise(
			tag, l->block.name, strlen(l->block.name)) &&
		    strcmp(tag, normal) == 0)
			return l;
	}
	return NULL;
}

const struct conf_language *
conf_language_find(const struct conf *c, const char *tag)
{
	const struct conf_language *found = NULL;
	char wanted[LANGUAGE_MAX + 1];

	if (!language_normalise(wanted, tag, strlen(tag)))
		return NULL;
	do
		found = find_language(c, wanted);
	while (found == NULL && language_widen(wanted));
	return found;
}

bool
conf_name_valid(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";
	size_t n = strlen(name);

	return n >= 1 && n <= CONF_NAME_MAX && strspn(name, letters) == n;
}
