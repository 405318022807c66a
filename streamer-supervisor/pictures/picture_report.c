#include "streamer-supervisor/pictures/picture_report.h"

#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/utf8.h"
#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg/messages.h"
#include "streamer-supervisor/picture/words.h"

static enum log_level
read_level(const char *name)
{
	enum log_level level;

	for (level = LOG_ERROR; level < LOG_DEBUG; level++)
		if (strcmp(name, log_level_name(level)) == 0)
			break;
	return level;
}

static bool
begins(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

/* With `-hwaccel auto` ffmpeg calls it an error that there is no hardware of
 * each kind; and it ends what it says of a missing picture with advice. */
static bool
is_of_no_account(const char *line)
{
	static const char *const known[] = { "AVHWDeviceContext",
		"Device creation failed", "To ignore this, add a trailing" };
	size_t i = 0;

	while (i < sizeof(known) / sizeof(known[0]) && !strstr(line, known[i]))
		i++;
	return i < sizeof(known) / sizeof(known[0]);
}

static void
put_address(struct picture_report *r, const char *address)
{
	char *at = address ? strstr(r->text, PROCESS_TEXT) : NULL;
	char rest[PICTURE_REPORT_MAX];

	if (at == NULL)
		return;
	snprintf(rest, sizeof(rest), "%s", at + strlen(PROCESS_TEXT));
	snprintf(at, sizeof(r->text) - (size_t)(at - r->text), "%s%s", address,
	    rest);
}

static void
read_said(struct picture_report *r, const struct redact *redact,
    const char *address, const char *line)
{
	struct message m = messages_classify(line, NULL);

	r->complaint = true;
	if (m.kind < MESSAGE_VAGUE || is_of_no_account(line))
		return;
	redact_text(redact, r->text, sizeof(r->text), m.text);
	put_address(r, address);
}

static void
read_reader(struct picture_report *r, const char *text)
{
	unsigned long long first;
	long long pid;
	char end;
	int at = 0;

	if (sscanf(text, PICTURE_READER_LAGS "%n", &pid, &at) == 1 && at > 0 &&
	    text[at] == '\0') {
		r->pid = pid;
		r->lags = true;
		/* Whose reader it is tells more of it. */
		r->level = LOG_DEBUG;
		return;
	}
	if (sscanf(text, PICTURE_READER_BEGUN "%c", &pid, &first, &end) != 2)
		return;
	r->pid = pid;
	r->first_sample = first;
}

static void
read_message(struct picture_report *r, const struct redact *redact,
    const char *address, const char *level, const char *text)
{
	json_error_t e;

	if (begins(text, PICTURE_SAID)) {
		read_said(r, redact, address, text + strlen(PICTURE_SAID));
		return;
	}
	r->level = read_level(level);
	redact_text(redact, r->text, sizeof(r->text), text);
	read_reader(r, text);
	if (!begins(text, PICTURE_STATUS))
		return;
	text += strlen(PICTURE_STATUS);
	body_parse(text, strlen(text), 0, &r->status, &e);
}

void
picture_report_read(struct picture_report *r, const struct redact *redact,
    const char *address, const char *line, size_t len)
{
	json_t *o = NULL;
	json_error_t e;
	const char *level, *text;

	*r = (struct picture_report){ .level = LOG_WARNING };
	body_parse(line, len, 0, &o, &e);
	level = json_string_value(json_object_get(o, "level"));
	text = json_string_value(json_object_get(o, "message"));
	if (level && text)
		read_message(r, redact, address, level, text);
	else
		utf8_sanitise(r->text, sizeof(r->text), line, len);
	if (r->status && !json_is_object(r->status)) {
		json_decref(r->status);
		r->status = NULL;
	}
	json_decref(o);
}
