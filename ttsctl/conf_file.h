/* The configuration, as the daemons read it, for commands that look at it. */
#ifndef TTSCTL_CONF_FILE_H
#define TTSCTL_CONF_FILE_H

#include "common/conf/conf.h"

/* Reads the file that is named, or (NULL) that of the daemons, which may be
 * absent: then it is not `found`, which may be NULL. Returns 0, and conf_done()
 * is due; ERR_INVALID for a mistake in it, ERR_DENIED and the like, with `e`
 * filled. */
int conf_file_read(
    const char *named, struct conf *conf, bool *found, struct conf_error *e);

#endif
