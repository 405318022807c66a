#include "tests/sim/shortage.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake.h"

static size_t asked, refused, first_refused, most_refused;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
int __real_vasprintf(char **out, const char *fmt, va_list ap);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
int __wrap_vasprintf(char **out, const char *fmt, va_list ap);
int __wrap_asprintf(char **out, const char *fmt, ...);
int __wrap___vasprintf_chk(char **out, int flag, const char *fmt, va_list ap);
int __wrap___asprintf_chk(char **out, int flag, const char *fmt, ...);

static bool
is_refused(void)
{
	if (!fake_in_daemon())
		return false;
	asked++;
	if (first_refused == 0 || asked < first_refused ||
	    asked - first_refused >= most_refused)
		return false;
	refused++;
	return true;
}

void
shortage_begin(size_t first, size_t count)
{
	/* It calls a malloc() that nobody wraps. */
	json_set_alloc_funcs(__wrap_malloc, free);
	asked = refused = 0;
	first_refused = count ? first : 0;
	most_refused = count;
}

size_t
shortage_end(void)
{
	first_refused = 0;
	return refused;
}

size_t
shortage_asked(void)
{
	return asked;
}

/* ---- in place of libc's ------------------------------------------------- */

void *
__wrap_malloc(size_t size)
{
	return is_refused() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return is_refused() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *memory, size_t size)
{
	return is_refused() ? NULL : __real_realloc(memory, size);
}

char *
__wrap_strdup(const char *s)
{
	return is_refused() ? NULL : __real_strdup(s);
}

char *
__wrap_strndup(const char *s, size_t n)
{
	return is_refused() ? NULL : __real_strndup(s, n);
}

/* What is in `out` then is undefined, as libc has it. */
int
__wrap_vasprintf(char **out, const char *fmt, va_list ap)
{
	if (!is_refused())
		return __real_vasprintf(out, fmt, ap);
	*out = (char *)(uintptr_t)1;
	return -1;
}

int
__wrap_asprintf(char **out, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __wrap_vasprintf(out, fmt, ap);
	va_end(ap);
	return n;
}

/* ---- the same in fortified builds --------------------------------------- */

int
__wrap___vasprintf_chk(char **out, int flag, const char *fmt, va_list ap)
{
	(void)flag;
	return __wrap_vasprintf(out, fmt, ap);
}

int
__wrap___asprintf_chk(char **out, int flag, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __wrap___vasprintf_chk(out, flag, fmt, ap);
	va_end(ap);
	return n;
}
