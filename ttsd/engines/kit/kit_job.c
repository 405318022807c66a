#include "ttsd/engines/kit/kit_job.h"

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
get_string(const json_t *root, const char *key, const char **out,
    const struct why *why)
{
	json_t *value = member(root, key);

	*out = NULL;
	if (value == NULL)
		return 0;
	if (!json_is_string(value))
		return kit_job_refuse(why, key, "a string");
	/* An empty name is no name. */
	if (json_string_length(value) > 0)
		*out = json_string_value(value);
	return 0;
}

static int
get_number(const json_t *root, const char *key, int min, int max, int *out,
    const struct why *why)
{
	json_t *value = member(root, key);
	char wanted[48];

	*out = -1;
	if (value == NULL)
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max) {
		snprintf(wanted, sizeof(wanted), "an integer from %d to %d",
		    min, max);
		return kit_job_refuse(why, key, wanted);
	}
	*out = (int)json_integer_value(value);
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
	int rate, channels;

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
		rc = get_string(j->root, "voice", &job->voice, &w);
	if (rc == 0)
		rc = get_string(j->root, "language", &job->language, &w);
	if (rc == 0)
		rc = get_number(j->root, "rate", 1, 10000, &job->rate, &w);
	if (rc == 0)
		rc = get_number(j->root, "pitch", 0, 100, &job->pitch, &w);
	if (rc == 0)
		rc = get_number(j->root, "volume", 0, 200, &job->volume, &w);
	return rc < 0 ? rc : get_format(j->root, job, &w);
}

void
kit_job_done(struct kit_job_frame *j)
{
	json_decref(j->root);
	*j = (struct kit_job_frame){ 0 };
}
