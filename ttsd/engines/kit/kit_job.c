#include "ttsd/engines/kit/kit_job.h"

#include <inttypes.h>
#include <stdio.h>

struct why {
	char *text;
	size_t size;
};

static int
kit_job_refuse(const struct why *why, const char *key, const char *wanted)
{
	snprintf(why->text, why->size, "%s: expected %s", key, wanted);
	return ERR_INVALID;
}

/* An absent member and null are the same. */
static json_t *
member(const json_t *root, const char *key)
{
	json_t *value = json_object_get(root, key);

	return json_is_null(value) ? NULL : value;
}

static int
get_string(
    const json_t *root, const char *key, char **out, const struct why *why)
{
	json_t *value = member(root, key);

	*out = NULL;
	if (value == NULL)
		return 0;
	if (!json_is_string(value))
		return kit_job_refuse(why, key, "a string");
	/* An empty name is no name. */
	if (json_string_length(value) > 0)
		*out = (char *)json_string_value(value);
	return 0;
}

static int
get_number(const json_t *root, const char *key, int64_t min, int64_t max,
    int64_t *out, const struct why *why)
{
	json_t *value = member(root, key);
	char wanted[80];

	*out = SPEECH_UNSET;
	if (value == NULL)
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max) {
		snprintf(wanted, sizeof(wanted),
		    "an integer from %" PRId64 " to %" PRId64, min, max);
		return kit_job_refuse(why, key, wanted);
	}
	*out = json_integer_value(value);
	return 0;
}

/* The strings stay those of the JSON. */
static int
get_speech(
    const json_t *root, struct speech_parameters *out, const struct why *why)
{
	const struct speech_parameter *p;
	int64_t number;
	char *text;

	speech_parameters_unset(out);
	for (p = speech_parameters; p->name; p++) {
		if (p->is_text) {
			if (get_string(root, p->name, &text, why) < 0)
				return ERR_INVALID;
			speech_set_text(out, p, text);
		} else {
			if (get_number(root, p->name, p->low, p->high, &number,
				why) < 0)
				return ERR_INVALID;
			speech_set_number(out, p, number);
		}
	}
	return 0;
}

static int
get_boolean(
    const json_t *root, const char *key, bool *out, const struct why *why)
{
	json_t *value = member(root, key);

	if (value && !json_is_boolean(value))
		return kit_job_refuse(why, key, "true or false");
	*out = json_is_true(value);
	return 0;
}

static int
get_format(const json_t *root, struct kit_job *job, const struct why *why)
{
	int64_t rate, channels;

	if (get_number(root, "sample_rate", KIT_RATE_MIN, KIT_RATE_MAX, &rate,
		why) < 0 ||
	    get_number(root, "channels", 1, KIT_CHANNELS_MAX, &channels, why) <
		0)
		return ERR_INVALID;
	if (rate < 0)
		return kit_job_refuse(why, "sample_rate", "to be there");
	if (channels < 0)
		return kit_job_refuse(why, "channels", "to be there");
	job->sample_rate = (unsigned)rate;
	job->channels = (unsigned)channels;
	return 0;
}

static int
get_text(const json_t *root, struct kit_job *job, const struct why *why)
{
	json_t *text = json_object_get(root, "text");

	if (!json_is_string(text))
		return kit_job_refuse(why, "text", "a string");
	job->text = json_string_value(text);
	job->text_len = json_string_length(text);
	return 0;
}

int
kit_job_parse(struct kit_job_frame *j, const void *data, size_t len, char *why,
    size_t size)
{
	struct why w = { why, size };
	struct kit_job *job = &j->job;
	json_error_t error;
	json_t *number;
	int rc;

	*j = (struct kit_job_frame){ 0 };
	/* Refuses text that is not UTF-8 or has a NUL in it. */
	j->root = json_loadb(data, len, JSON_REJECT_DUPLICATES, &error);
	number = json_object_get(j->root, "job");
	j->numbered = json_is_integer(number);
	j->number = json_integer_value(number);
	if (!json_is_object(j->root))
		return kit_job_refuse(&w, "job", "a JSON object");
	if (!j->numbered)
		return kit_job_refuse(&w, "job", "an integer");
	rc = get_text(j->root, job, &w);
	if (rc == 0)
		rc = get_boolean(j->root, "ssml", &job->ssml, &w);
	if (rc == 0)
		rc = get_boolean(j->root, "loop", &job->loop, &w);
	if (rc == 0)
		rc = get_speech(j->root, &job->speech, &w);
	return rc < 0 ? rc : get_format(j->root, job, &w);
}

void
kit_job_done(struct kit_job_frame *j)
{
	json_decref(j->root);
	*j = (struct kit_job_frame){ 0 };
}
