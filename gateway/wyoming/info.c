#include "gateway/wyoming/info.h"

#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/net/wyoming.h"
#include "common/version.h"

/* ---- what there is ---------------------------------------------------- */

/* Clients require that somebody is named. */
static json_t *
made_by(const char *name)
{
	return json_pack("{s:s, s:s}", "name", name, "url", "");
}

static json_t *
describe_voice(const json_t *voice)
{
	const char *engine = body_string_or(voice, "engine", "");
	const char *name = body_string_or(voice, "name", "");
	json_t *o = json_object();

	body_put(&o, "name", json_sprintf("%s%c%s", engine, INFO_ENGINE, name));
	body_put(&o, "description", json_sprintf("%s (%s)", name, engine));
	body_put(&o, "attribution", made_by(engine));
	body_put(&o, "installed", json_true());
	body_put(&o, "version", json_null());
	body_put(
	    &o, "languages", json_incref(json_object_get(voice, "languages")));
	body_put(&o, "speakers", json_null());
	return o;
}

static json_t *
describe_program(const json_t *voices)
{
	json_t *o = json_object(), *list = json_array();
	const json_t *voice;
	size_t i;

	json_array_foreach(voices, i, voice)
	{
		if (json_is_array(json_object_get(voice, "languages")))
			body_append(&list, describe_voice(voice));
	}
	body_put(&o, "name", json_string("ttsd"));
	body_put(&o, "description", json_string("ttsd's engines and voices"));
	body_put(&o, "attribution", made_by("ttsd"));
	body_put(&o, "installed", json_true());
	body_put(&o, "version", json_string(TTSD_VERSION));
	body_put(&o, "voices", list);
	body_put(&o, "supports_synthesize_streaming", json_true());
	return o;
}

json_t *
info_new(const json_t *voices)
{
	static const char *const others[] = { "asr", "handle", "intent", "wake",
		"mic", "snd", NULL };
	json_t *o = json_object(), *programs = json_array();
	const char *const *other;

	body_append(&programs, describe_program(voices));
	body_put(&o, "tts", programs);
	for (other = others; *other; other++)
		body_put(&o, *other, json_array());
	return o;
}

/* ---- what is asked for ------------------------------------------------ */

/* The name of an engine in front of a voice; false where it names none. */
static bool
read_engine(const char *name, char engine[CONF_NAME_MAX + 1])
{
	const char *end = strchr(name, INFO_ENGINE);
	size_t len = end ? (size_t)(end - name) : 0;

	if (len == 0 || len > CONF_NAME_MAX)
		return false;
	memcpy(engine, name, len);
	engine[len] = '\0';
	return conf_name_valid(engine);
}

static void
put_voice(json_t **fields, const char *name, const char *speaker)
{
	char engine[CONF_NAME_MAX + 1];

	if (read_engine(name, engine)) {
		body_put(fields, "engine", json_string(engine));
		name += strlen(engine) + 1;
	}
	body_put(fields, "voice",
	    speaker ? json_sprintf("%s%c%s", name, WYOMING_SPEAKER, speaker)
		    : json_string(name));
}

/* Fields that a later version of the protocol may have are passed over. */
static bool
check_voice(const json_t *voice, struct reply *r)
{
	static const char *const texts[] = { "name", "language", "speaker" };
	const json_t *value;
	size_t i;

	if (voice && !json_is_object(voice) && !json_is_null(voice))
		reply_error(
		    r, PROTO_BAD_REQUEST, "\"voice\" must be an object");
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		value = json_object_get(voice, texts[i]);
		if (value && !json_is_string(value) && !json_is_null(value))
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"%s\" of \"voice\" must be a string", texts[i]);
	}
	return r->error == PROTO_OK;
}

json_t *
info_read_voice(const json_t *data, struct reply *r)
{
	const json_t *voice = json_object_get(data, "voice");
	const char *name = body_string(voice, "name");
	const char *language = body_string(voice, "language");
	json_t *fields;

	if (!check_voice(voice, r))
		return NULL;
	fields = json_object();
	/* A name goes before a language, as the protocol has it. */
	if (name)
		put_voice(&fields, name, body_string(voice, "speaker"));
	else if (language)
		body_put(&fields, "language", json_string(language));
	if (fields == NULL)
		reply_no_memory(r);
	return fields;
}
