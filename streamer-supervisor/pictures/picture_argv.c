#include "streamer-supervisor/pictures/picture_argv.h"

#include <stdlib.h>
#include <string.h>

#include "common/args/argv.h"
#include "common/args/words.h"
#include "common/err.h"
#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg/pull.h"

/* Of an address in a complaint. */
#define ADDRESS_MAX 256

static void
add_word(struct argv *a, const char *option, const char *value)
{
	argv_add(a, "%s", option);
	argv_add(a, "%s", value);
}

static void
add_shape(struct argv *a, const struct conf_video *v)
{
	argv_options(a, "--size");
	argv_add(a, "%dx%d", (int)v->size.width, (int)v->size.height);
	argv_number(a, "--fps", v->fps);
	argv_options(a, "--background");
	argv_add(a, "#%06x", (unsigned)v->background);
}

static void
add_drawn(struct argv *a, const struct conf_video *v)
{
	if (v->caption)
		argv_options(a, "--caption yes");
	if (v->clock)
		argv_options(a, "--clock yes");
	if (v->level)
		argv_options(a, "--level yes");
	if (v->logo[0])
		add_word(a, "--logo", v->logo);
}

/* Adds the painter, of the picture itself or of what is laid over it. */
static void
add_painter(struct argv *a, const struct conf_video *v, const char *programs,
    bool overlay)
{
	char *const *field;

	add_word(a, "--video", v->block.name);
	for (field = v->fields; field && *field; field++)
		add_word(a, "--field", *field);
	argv_options(a, overlay ? "--overlay --painter" : "--painter");
	argv_add(a, "%s/painter", programs);
	add_shape(a, v);
	if (overlay)
		argv_options(a, "--overlay");
	else if (v->source == SOURCE_IMAGE)
		add_word(a, "--image", v->path);
	else
		add_word(a, "--layout", v->layout);
	add_drawn(a, v);
	argv_add(a, ";");
}

static void
add_source(
    struct argv *a, const struct conf_video *v, const struct picture_places *at)
{
	switch (v->source) {
	case SOURCE_IMAGE:
	case SOURCE_LOOP:
	case SOURCE_URL:
		if (v->source == SOURCE_LOOP)
			argv_options(a, "--paced");
		if (pull_is_listed(v))
			add_word(a, "--list", PROCESS_TEXT);
		argv_options(a, "--frames-from");
		pull_argv(a, v, at->ffmpeg, at->modern);
		break;
	case SOURCE_RAW:
		add_word(a, "--raw", at->raw);
		break;
	default:
		break;
	}
}

static bool
is_painted(const struct conf_video *v, const struct picture_places *at)
{
	return v->source == SOURCE_BOARD ||
	       (v->source == SOURCE_IMAGE && at->painter);
}

static char **
make_argv(const struct conf_video *v, const struct conf_channel *c,
    const struct picture_places *at)
{
	struct argv a = { 0 };

	argv_add(&a, "%s/picture", at->programs);
	add_word(&a, "--socket", at->socket);
	add_word(&a, "--audio", at->audio);
	add_word(&a, "--control", at->control);
	add_word(&a, "--channel", c->block.name);
	add_shape(&a, v);
	argv_number(&a, "--lag-max", c->lag_max_ns / NS_PER_MS);
	if (is_painted(v, at)) {
		add_painter(&a, v, at->programs, false);
		return argv_take(&a);
	}
	if (at->painter && (v->caption || v->clock || v->level || v->logo[0]))
		add_painter(&a, v, at->programs, true);
	add_source(&a, v, at);
	return argv_take(&a);
}

static int
address_make(struct picture_command *out, const char *url)
{
	char shown[ADDRESS_MAX];

	redact_url(shown, sizeof(shown), url);
	out->address = strdup(shown);
	return out->address ? 0 : ERR_NOMEM;
}

int
picture_command_make(struct picture_command *out, const struct conf_video *v,
    const struct conf_channel *c, const struct picture_places *at)
{
	int rc = 0;

	*out = (struct picture_command){ .argv = make_argv(v, c, at) };
	if (out->argv == NULL)
		return ERR_NOMEM;
	if (v->source == SOURCE_URL)
		rc = redact_add_url(&out->redact, v->url);
	if (rc == 0)
		rc = pull_list(v, &out->list);
	return rc == 0 && out->list ? address_make(out, v->url) : rc;
}

void
picture_command_done(struct picture_command *c)
{
	words_free(c->argv);
	free(c->list);
	free(c->address);
	redact_done(&c->redact);
	*c = (struct picture_command){ .argv = NULL };
}

bool
picture_command_equal(
    const struct picture_command *a, const struct picture_command *b)
{
	return words_equal(a->argv, b->argv) &&
	       strcmp(a->list ? a->list : "", b->list ? b->list : "") == 0;
}
