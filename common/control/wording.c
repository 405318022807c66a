#include "common/control/wording.h"

/* Finds the text that the word is of. */
static const json_t *
find_said(const json_t *started, json_int_t part)
{
	const json_t *texts = json_object_get(started, "texts");

	if (part < 0 || !json_is_array(texts))
		return part == 0 ? started : NULL;
	return json_array_get(texts, (size_t)part);
}

struct wording
wording_of(const json_t *started, const json_t *word)
{
	const json_t *said = find_said(
	    started, json_integer_value(json_object_get(word, "part")));
	const json_t *ssml = json_object_get(said, "ssml");
	json_t *text = json_object_get(said, ssml ? "spoken" : "text");
	json_int_t offset = json_integer_value(
	    json_object_get(word, ssml ? "spoken_offset" : "offset"));
	json_int_t length = json_integer_value(
	    json_object_get(word, ssml ? "spoken_length" : "length"));

	if (!json_is_string(text) || offset < 0 || length < 0)
		return (struct wording){ NULL };
	return (struct wording){ json_incref(text), (size_t)offset,
		(size_t)offset + (size_t)length };
}

/* What is spoken of one text. */
static const char *
readable(const json_t *text)
{
	const char *key = json_object_get(text, "ssml") ? "spoken" : "text";
	const char *spoken = json_string_value(json_object_get(text, key));

	return spoken ? spoken : "";
}

json_t *
wording_whole(const json_t *started)
{
	const json_t *texts = json_object_get(started, "texts"), *text;
	json_t *all = json_string(""), *longer;
	size_t i;

	if (json_array_size(texts) == 0) {
		json_decref(all);
		return json_string(readable(started));
	}
	json_array_foreach(texts, i, text)
	{
		longer = json_sprintf("%s%s%s", json_string_value(all),
		    i > 0 ? " " : "", readable(text));
		json_decref(all);
		all = longer;
	}
	return all;
}
