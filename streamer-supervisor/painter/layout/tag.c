#include "streamer-supervisor/painter/layout/tag.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "streamer-supervisor/painter/layout/fill.h"
#include "streamer-supervisor/painter/layout/layout.h"

#define TAG_MAX (LAYOUT_BYTES_MAX - 1)

const char *
tag_attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}

/* A drawing program hides the shapes that are not worked on; which is shown is
 * the scene's to say. */
static void
display_erase(char *style)
{
	char *found = strstr(style, "display:none");

	if (found)
		memset(found, ' ', strlen("display:none"));
}

static int
attribute_write(
    struct buf *out, const char *name, const char *value, bool may_switch)
{
	char *copy;
	int rc;

	if (may_switch && strcmp(name, "display") == 0)
		return 0;
	copy = strdup(value);
	if (copy == NULL)
		return ERR_NOMEM;
	if (may_switch && strcmp(name, "style") == 0)
		display_erase(copy);
	rc = buf_putf(out, " %s=\"", name);
	if (rc == 0)
		rc = fill_escape(out, copy, FILL_ALL);
	free(copy);
	return rc < 0 ? rc : buf_puts(out, "\"");
}

/* A root that says how large it is draws and measures itself at that size; ours
 * is fitted into the picture: width and height become its viewBox. */
static int
root_fit(struct buf *out, const char **attributes)
{
	const char *width = tag_attribute(attributes, "width");
	const char *height = tag_attribute(attributes, "height");

	if (tag_attribute(attributes, "viewBox") || !width || !height ||
	    strchr(width, '%') || strchr(height, '%'))
		return 0;
	return buf_putf(out, " viewBox=\"0 0 %g %g\"", strtod(width, NULL),
	    strtod(height, NULL));
}

static bool
is_dropped(bool is_root, const char *attribute)
{
	return is_root && (strcmp(attribute, "width") == 0 ||
			      strcmp(attribute, "height") == 0);
}

char *
tag_text(const char *name, const char **attributes, bool is_root)
{
	const char *id = tag_attribute(attributes, "id");
	bool may_switch = id && strchr(id, '-');
	char *text = NULL;
	struct buf b;
	int rc;

	buf_init(&b, TAG_MAX);
	rc = buf_putf(&b, "<%s", name);
	if (rc == 0 && is_root)
		rc = root_fit(&b, attributes);
	for (; rc == 0 && *attributes; attributes += 2)
		if (!is_dropped(is_root, attributes[0]))
			rc = attribute_write(
			    &b, attributes[0], attributes[1], may_switch);
	if (rc == 0)
		rc = buf_puts(&b, ">");
	if (rc == 0)
		text = strndup((const char *)buf_data(&b), buf_len(&b));
	buf_done(&b);
	return text;
}
