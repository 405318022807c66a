/* Credentials of the service manager, in the places of files. */
#include <stdlib.h>
#include <string.h>

#include "common/conf/conf_internal.h"
#include "common/err.h"
#include "common/format.h"
#include "common/net/credential.h"

struct placing {
	const char *folder;
	int rc;
};

/* Returns what the value of a key names in the folder, NULL where that is none
 * of it. An output's key_file without a folder was the first way to name one.
 */
static const char *
placing_name(const struct conf_block *block, const struct schema_key *key,
    const char *value)
{
	if (strcmp(block->section, "output") == 0 &&
	    strcmp(key->name, "key_file") == 0 && value[0] &&
	    strchr(value, '/') == NULL && !credential_is_meant(value))
		return value;
	return credential_name(value);
}

static void
place_block(void *arg, struct conf_block *block)
{
	struct placing *p = arg;
	const struct schema_key *key = schema_find(block->section)->keys;
	const char *name;
	char **slot, *path;

	for (; key->name; key++) {
		slot = (char **)((char *)block + key->offset);
		name = key->type == SCHEMA_SECRET
			   ? placing_name(block, key, *slot)
			   : NULL;
		path = name ? format_text("%s/%s", p->folder, name) : NULL;
		if (path) {
			free(*slot);
			*slot = path;
		} else if (name) {
			p->rc = ERR_NOMEM;
		}
	}
}

int
conf_place_credentials(struct conf *c, const char *folder)
{
	struct placing p = { .folder = folder };

	if (folder && folder[0])
		conf_each_block(c, place_block, &p);
	return p.rc;
}
