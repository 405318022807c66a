/*
 * Every section and key there is: the one table behind conf.c, and what
 * docs/CONFIG.md is held against by a test.
 */
#ifndef COMMON_CONF_SCHEMA_H
#define COMMON_CONF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum schema_type {
	SCHEMA_STRING, /* char *, min to max bytes */
	/* As that: the path of what few may read, or "credential:NAME". */
	SCHEMA_SECRET,
	SCHEMA_INTEGER, /* int64_t, min to max */
	/* The same, above 0; 0: the word of `choices`. */
	SCHEMA_INTEGER_OR_WORD,
	SCHEMA_DURATION, /* int64_t nanoseconds; written 200ms, 10s, 5m, 1h, 90d
			  */
	SCHEMA_BITRATE,  /* int64_t bit/s; written 64k, 64000, 1M */
	SCHEMA_BYTES,    /* int64_t; written 64M, 1G */
	SCHEMA_BOOLEAN,  /* int64_t 0 or 1; written yes, no */
	SCHEMA_CHOICE,   /* int64_t, place in `choices` */
	SCHEMA_WORDS,    /* char **, NULL-terminated, as a shell splits them */
	SCHEMA_SIZE,   /* struct conf_size, within the bounds of conf.h and even
			*/
	SCHEMA_COLOUR, /* int64_t, 0xrrggbb; written #rrggbb */
	/* char **, NULL-terminated, of "NAME=TEXT". The row is called
	 * "PREFIX.NAME" and stands for every PREFIX.x; TEXT has at most max
	 * bytes. */
	SCHEMA_FIELDS,
};

struct schema_key {
	const char *name; /* NULL ends the list */
	enum schema_type type;
	size_t offset;       /* of the value in the section's structure */
	int64_t min, max;    /* inclusive */
	const char *initial; /* the default, as it would be written */
	const char *const *choices; /* NULL-terminated */
};

/* What ttsd goes by. */
enum schema_use { OF_OTHERS, NAME_OF_TTSD, OF_TTSD };

struct schema_section {
	const char *name; /* NULL ends the list */
	bool named;       /* [name NAME]; any number of them */
	enum schema_use of_ttsd;
	size_t offset; /* in struct conf: the structure, or the list */
	size_t size;   /* of one structure */
	const struct schema_key *keys;
};

extern const struct schema_section schema[];

/* NULL where there is none of that name. */
const struct schema_section *schema_find(const char *name);
/* One of "fields.ticket" is found as the row "fields.NAME". */
const struct schema_key *schema_find_key(
    const struct schema_section *sec, const char *name);

/* The words for enum conf_codec and enum conf_pcm; NULL-terminated. */
extern const char *const schema_codecs[];
extern const char *const schema_pcm_formats[];
/* For enum conf_source. */
extern const char *const schema_sources[];
/* For enum conf_on_restart. */
extern const char *const schema_on_restarts[];

/* Of a [message]: what of its text is spelled, "no" or a word of `say`. */
extern const char *const schema_spells[];
/* How often something is said, where that is no number: one word. */
extern const char *const schema_repeats[];
/* Those of CONF_PRIORITIES. */
extern const char *const schema_priorities[];

/* What is expected of a value, for a person: "a duration from 10ms to 1h". */
void schema_expected(const struct schema_key *key, char *out, size_t size);

#endif
