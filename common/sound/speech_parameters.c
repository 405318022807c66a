#include "common/sound/speech_parameters.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"

#define AT(field) offsetof(struct speech_parameters, field)
#define TEXT(field, ...) \
	{ .name = #field, .is_text = true, .offset = AT(field) },
#define NUMBER(                                                       \
    field, key, initial, letter, unit, meaning, own, lowest, highest) \
	{ .name = #field, .offset = AT(field), .low = lowest, .high = highest },

const struct speech_parameter speech_parameters[] = {
	SPEECH_PARAMETERS(TEXT, NUMBER){ .name = NULL },
};

static char **
text_slot(const struct speech_parameters *s, const struct speech_parameter *p)
{
	return (void *)((char *)s + p->offset);
}

static int64_t *
number_slot(const struct speech_parameters *s, const struct speech_parameter *p)
{
	return (void *)((char *)s + p->offset);
}

const char *
speech_text(const struct speech_parameters *s, const struct speech_parameter *p)
{
	const char *text = *text_slot(s, p);

	return text && text[0] ? text : NULL;
}

void
speech_set_text(
    struct speech_parameters *s, const struct speech_parameter *p, char *text)
{
	free(*text_slot(s, p));
	*text_slot(s, p) = text;
}

int64_t
speech_number(
    const struct speech_parameters *s, const struct speech_parameter *p)
{
	return *number_slot(s, p);
}

void
speech_set_number(struct speech_parameters *s, const struct speech_parameter *p,
    int64_t number)
{
	*number_slot(s, p) = number;
}

void
speech_parameters_unset(struct speech_parameters *s)
{
	const struct speech_parameter *p;

	for (p = speech_parameters; p->name; p++)
		if (p->is_text)
			*text_slot(s, p) = NULL;
		else
			*number_slot(s, p) = SPEECH_UNSET;
}

int
speech_parameters_copy(
    struct speech_parameters *out, const struct speech_parameters *s)
{
	const struct speech_parameter *p;
	char *copy;

	speech_parameters_unset(out);
	for (p = speech_parameters; p->name; p++) {
		if (!p->is_text) {
			speech_set_number(out, p, speech_number(s, p));
			continue;
		}
		if (speech_text(s, p) == NULL)
			continue;
		copy = strdup(speech_text(s, p));
		if (copy == NULL) {
			speech_parameters_done(out);
			return ERR_NOMEM;
		}
		*text_slot(out, p) = copy;
	}
	return 0;
}

void
speech_parameters_done(struct speech_parameters *s)
{
	const struct speech_parameter *p;

	for (p = speech_parameters; p->name; p++)
		if (p->is_text)
			free(*text_slot(s, p));
	speech_parameters_unset(s);
}

static bool
parameter_is_same(const struct speech_parameters *a,
    const struct speech_parameters *b, const struct speech_parameter *p)
{
	const char *left, *right;

	if (!p->is_text)
		return speech_number(a, p) == speech_number(b, p);
	left = speech_text(a, p);
	right = speech_text(b, p);
	return left == right || (left && right && strcmp(left, right) == 0);
}

bool
speech_parameters_same(
    const struct speech_parameters *a, const struct speech_parameters *b)
{
	const struct speech_parameter *p;

	for (p = speech_parameters; p->name; p++)
		if (!parameter_is_same(a, b, p))
			return false;
	return true;
}
