#include "streamer-supervisor/painter/layout/reference.h"

#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n\"'"

static bool
has_ending(const char *path, const char *ending)
{
	size_t len = strlen(path), n = strlen(ending);

	return len > n && strcasecmp(path + len - n, ending) == 0;
}

static bool
is_picture_name(const char *path)
{
	return has_ending(path, ".png") || has_ending(path, ".jpg") ||
	       has_ending(path, ".jpeg") || has_ending(path, ".webp") ||
	       has_ending(path, ".gif");
}

static bool
is_picture_data(const char *value)
{
	return strncmp(value, "data:image/", 11) == 0 &&
	       strncmp(value + 11, "svg", 3) != 0;
}

/* A colon makes an address, a slash in front an absolute path, and two points
 * lead out of the folder; "%2e" would be a point again. */
static bool
is_in_folder(const char *path)
{
	return *path != '/' && strpbrk(path, ":\\") == NULL &&
	       strstr(path, "..") == NULL && strcasestr(path, "%2e") == NULL &&
	       strcasestr(path, "%2f") == NULL;
}

static bool
link_allowed(const char *value)
{
	value += strspn(value, BLANKS);
	if (*value == '#' || is_picture_data(value))
		return true;
	return is_in_folder(value) && is_picture_name(value);
}

bool
reference_style_allowed(const char *css)
{
	const char *s = css;

	if (strcasestr(css, "@import") != NULL)
		return false;
	while ((s = strcasestr(s, "url(")) != NULL) {
		s += 4;
		s += strspn(s, BLANKS);
		if (*s != '#')
			return false;
	}
	return true;
}

bool
reference_allowed(const char *attribute, const char *value)
{
	if (strcmp(attribute, "base") == 0)
		return false;
	if (strcmp(attribute, "href") == 0 || strcmp(attribute, "src") == 0)
		return link_allowed(value);
	return reference_style_allowed(value);
}

const char *
reference_next(const char *value, size_t *len)
{
	const char *s = value;

	while ((s = strcasestr(s, "url(")) != NULL) {
		s += 4;
		s += strspn(s, BLANKS);
		if (*s == '#') {
			*len = strcspn(s + 1, ")" BLANKS);
			return s + 1;
		}
	}
	return NULL;
}
