/*
 * Any outside program as an engine: text on its standard input, sound from
 * its standard output, one run for each job.
 *
 *   command [--rate HZ] [--channels N] [--format auto|wav|raw]
 *           [--timeout SECONDS] -- PROGRAM [ARGUMENT…]
 *
 * Arguments may contain {voice} {language} {rate} {pitch} {volume}; what
 * becomes of them is in docs/ENGINE.md. No shell is involved.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_complaint.h"
#include "ttsd/engines/kit/kit_options.h"
#include "ttsd/engines/kit/kit_process.h"
#include "ttsd/engines/kit/kit_text.h"
#include "ttsd/engines/sound/sound.h"

#define DEFAULT_RATE_HZ 22050
#define DEFAULT_TIMEOUT_S 30
/* Bytes of one argument after its placeholders were filled in. */
#define ARGUMENT_MAX 4096
#define READ_BYTES (64 * 1024)
#define NUMBER_BYTES 24

static struct {
	unsigned rate_hz;
	unsigned channels;
	enum sound_mode mode;
	unsigned timeout_ms; /* 0: none */
	char **program;      /* PROGRAM and its arguments, NULL-terminated */
	int words;
} options = {
	.rate_hz = DEFAULT_RATE_HZ,
	.channels = 1,
	.mode = SOUND_AUTO,
	.timeout_ms = DEFAULT_TIMEOUT_S * 1000u,
};

/* Arguments of this engine. */

static bool
take_format(const char *s)
{
	static const char *const names[] = {
		[SOUND_AUTO] = "auto",
		[SOUND_WAV] = "wav",
		[SOUND_RAW] = "raw",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i] && strcmp(s, names[i]) == 0) {
			options.mode = (enum sound_mode)i;
			return true;
		}
	}
	return false;
}

static bool
take_rate(const char *value)
{
	return kit_option_number(
	    value, KIT_RATE_MIN, KIT_RATE_MAX, &options.rate_hz);
}

static bool
take_channels(const char *value)
{
	return kit_option_number(value, 1, KIT_CHANNELS_MAX, &options.channels);
}

static bool
command_take_timeout(const char *value)
{
	return kit_option_seconds(value, 0, &options.timeout_ms);
}

static const struct kit_option option_table[] = {
	{ .name = "--rate", .take = take_rate },
	{ .name = "--channels", .take = take_channels },
	{ .name = "--format", .take = take_format },
	{ .name = "--timeout", .take = command_take_timeout },
	{ .name = NULL },
};

static int
command_start(int argc, char **argv)
{
	static const char usage[] =
	    "command [--rate HZ] [--channels N] [--format auto|wav|raw] "
	    "[--timeout SECONDS] -- PROGRAM [ARGUMENT...]";
	int i = 1, rc;

	while (i < argc && strcmp(argv[i], "--") != 0)
		i++;
	rc = kit_options(i, argv, option_table, usage);
	if (rc != 0)
		return rc;
	if (i + 1 >= argc) {
		log_error("usage: %s", usage);
		return KIT_EXIT_USAGE;
	}
	options.program = argv + i + 1;
	options.words = argc - i - 1;
	return 0;
}

/* Arguments of the program. */

/* A value that clients choose must stay a value: never an option of the
 * program, a path out of the folder it looks in, or several lines. */
static bool
harmless(const char *s)
{
	const char *p;

	if (s == NULL)
		return true;
	if (s[0] == '-' || s[0] == '/' || strstr(s, ".."))
		return false;
	for (p = s; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '\\')
			return false;
	}
	return true;
}

/* The value of the placeholder NAME of `len` bytes, where it is a number
 * written to `number`; "" when the job has none. NULL: no such placeholder. */
static const char *
value_of(const struct speech_parameters *s, const char *name, size_t len,
    char number[NUMBER_BYTES])
{
	const struct speech_parameter *p = speech_parameters;
	const char *text;

	while (p->name &&
	       (strlen(p->name) != len || memcmp(p->name, name, len) != 0))
		p++;
	if (p->name == NULL)
		return NULL;
	if (p->is_text) {
		text = speech_text(s, p);
		return text ? text : "";
	}
	number[0] = '\0';
	if (speech_number(s, p) >= 0)
		snprintf(number, NUMBER_BYTES, "%" PRId64, speech_number(s, p));
	return number;
}

enum fill { FILL_OK, FILL_ABSENT, FILL_ABSENT_ALONE, FILL_TOO_LONG };

/* Fills in one argument. {NAME} without a value makes the argument go away,
 * {NAME:text} falls back to the text. Other braces stay as they are. */
static enum fill
fill_in(struct buf *out, const char *arg, const struct speech_parameters *s)
{
	const char *p = arg, *end, *colon, *value;
	char number[NUMBER_BYTES];
	size_t name_len;
	int rc = 0;

	while (*p && rc == 0) {
		end = *p == '{' ? strchr(p, '}') : NULL;
		if (end == NULL) {
			rc = buf_put(out, p++, 1);
			continue;
		}
		colon = memchr(p, ':', (size_t)(end - p));
		name_len = (size_t)((colon ? colon : end) - p) - 1;
		value = value_of(s, p + 1, name_len, number);
		if (value == NULL) {
			rc = buf_put(out, p++, 1);
			continue;
		}
		if (*value)
			rc = buf_puts(out, value);
		else if (colon)
			rc = buf_put(out, colon + 1, (size_t)(end - colon) - 1);
		else
			return p == arg && end[1] == '\0' ? FILL_ABSENT_ALONE
							  : FILL_ABSENT;
		p = end + 1;
	}
	return rc < 0 || buf_put(out, "", 1) < 0 ? FILL_TOO_LONG : FILL_OK;
}

static void
free_words(char **words)
{
	int i;

	for (i = 0; words && i < options.words; i++)
		free(words[i]);
	free(words);
}

/* "-v" before a "{voice}" that went away has nothing to say either. */
static bool
is_flag(const char *word)
{
	return word[0] == '-' && word[1] != '\0' && strcmp(word, "--") != 0;
}

static char **
fill_in_all(const struct speech_parameters *s)
{
	char **words = calloc((size_t)options.words + 1, sizeof(*words));
	enum fill filled;
	struct buf b;
	int i, n = 0, kept = 0; /* `kept`: where the last word came from */

	buf_init(&b, ARGUMENT_MAX);
	for (i = 0; words && i < options.words; i++) {
		buf_clear(&b);
		filled = fill_in(&b, options.program[i], s);
		if (filled == FILL_ABSENT)
			continue;
		if (filled == FILL_ABSENT_ALONE) {
			if (n > 1 && kept == i - 1 &&
			    is_flag(options.program[kept])) {
				free(words[--n]);
				words[n] = NULL;
			}
			continue;
		}
		if (filled == FILL_OK)
			words[n] = strdup((const char *)buf_data(&b));
		if (words[n] == NULL) {
			free_words(words);
			words = NULL;
			break;
		}
		n++;
		kept = i;
	}
	buf_done(&b);
	return words;
}

/* A job. */

/* Programs read lines: the last one gets its end, too. */
static char *
end_line(char *text)
{
	size_t len = strlen(text);
	char *input;

	if (len > 0 && text[len - 1] == '\n')
		return text;
	input = realloc(text, len + 2);
	if (input)
		strcpy(input + len, "\n");
	else
		free(text);
	return input;
}

static const char *
program_name(void)
{
	return options.program[0];
}

static int
judge(
    const struct kit_process_end *end, const char *input, const struct sound *s)
{
	const char *said = kit_complaint();
	const char *colon = said[0] ? ": " : "";

	if (end->killed)
		log_warning("command: %s closed its output but went on "
			    "running; killed",
		    program_name());
	else if (end->signaled)
		return kit_fail(KIT_FAILED, "%s was killed by signal %d%s%s",
		    program_name(), end->number, colon, said);
	else if (end->number != 0)
		return kit_fail(KIT_FAILED, "%s exited with status %d%s%s",
		    program_name(), end->number, colon, said);
	if (s->frames == 0 && kit_text_has_words(input))
		return kit_fail(KIT_FAILED, "%s wrote no sound%s%s",
		    program_name(), colon, said);
	return 0;
}

/* Reads until the end of its output; on errors the program is still there. */
static int
listen_to(struct kit_process *p, struct sound *s)
{
	static uint8_t chunk[READ_BYTES];
	long n;
	int rc;

	for (;;) {
		n = kit_process_read(
		    p, chunk, sizeof(chunk), options.timeout_ms);
		if (n == ERR_TIMEOUT)
			return kit_fail(KIT_FAILED, "%s wrote nothing for %u s",
			    program_name(), options.timeout_ms / 1000);
		if (n <= 0)
			break;
		rc = sound_put(s, chunk, (size_t)n);
		if (rc == 0)
			rc = kit_flush();
		if (rc < 0)
			return rc;
	}
	return n < 0 ? (int)n : sound_end(s);
}

static int
command_speak(char **words, const char *input)
{
	struct wav_format format = { options.rate_hz,
		(uint16_t)options.channels, 16, WAV_TAG_PCM };
	struct kit_process_end end;
	struct kit_process *p;
	struct sound s;
	int rc;

	rc = kit_process_start(&p, words, input, strlen(input));
	if (rc < 0)
		return kit_fail(KIT_UNAVAILABLE, "cannot run '%s': %s",
		    words[0], err_text(rc));
	sound_init(&s, options.mode, &format);
	rc = listen_to(p, &s);
	if (rc < 0)
		kit_process_kill(p);
	else
		rc = kit_process_finish(p, &end);
	if (rc == 0)
		rc = judge(&end, input, &s);
	sound_done(&s);
	return rc;
}

static int
command_run(const struct kit_job *job)
{
	const struct speech_parameter *p;
	char **words, *input;
	int rc;

	for (p = speech_parameters; p->name; p++)
		if (p->is_text && !harmless(speech_text(&job->speech, p)))
			return kit_fail(KIT_BAD_REQUEST,
			    "%s: may not look like an option or a path",
			    p->name);
	rc = kit_text_plain(job, &input);
	if (rc < 0)
		return rc;
	input = end_line(input);
	words = fill_in_all(&job->speech);
	if (words == NULL || input == NULL)
		rc = kit_fail(
		    KIT_FAILED, "arguments too long for '%s'", program_name());
	else if (words[0] == NULL)
		rc = kit_fail(
		    KIT_BAD_REQUEST, "no program without these values");
	else
		rc = command_speak(words, input);
	free_words(words);
	free(input);
	return rc;
}

int
main(int argc, char **argv)
{
	static const struct kit_engine command = {
		.name = "command",
		.version = "1",
		.any_voice = true,
		.start = command_start,
		.run = command_run,
	};

	return kit_main(argc, argv, &command);
}
