/* What every command says, and where it goes. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ttsctl/ttsctl.h"

static bool line_is_shown;

void
line_show(const char *text)
{
	fprintf(stderr, LINE_CLEAR "%s", text);
	fflush(stderr);
	line_is_shown = true;
}

void
line_clear(void)
{
	if (line_is_shown)
		fputs(LINE_CLEAR, stderr);
	line_is_shown = false;
}

static void
put_complaint(const char *fmt, va_list ap)
{
	line_clear();
	fputs("ttsctl: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

enum status
complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_complaint(fmt, ap);
	va_end(ap);
	return STATUS_FAILED;
}

enum status
complain_data(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_complaint(fmt, ap);
	va_end(ap);
	return STATUS_DATA;
}

enum status
complain_usage(const struct call *call, const char *fmt, ...)
{
	const char *name = call->command ? call->command->name : NULL;
	va_list ap;

	fprintf(stderr, "ttsctl%s%s: ", name ? " " : "", name ? name : "");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; try ttsctl %s%s--help\n", name ? name : "",
	    name ? " " : "");
	return STATUS_USAGE;
}

bool
output_flush(enum status *status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	*status = STATUS_DONE;
	if (errno != EPIPE)
		*status = complain(
		    "standard output cannot be written: %s", strerror(errno));
	return false;
}
