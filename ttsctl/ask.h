/* One question to a daemon, whose answer, or lack of one, is not a message. */
#ifndef TTSCTL_ASK_H
#define TTSCTL_ASK_H

#include "ttsctl/client.h"

struct answer {
	json_t *reply; /* NULL: there is none, and `why` tells */
	int err;       /* of the connection; 0: there was one */
	char why[512];
	char path[PLATFORM_PATH_MAX]; /* of the socket that was tried */
	char dir[PLATFORM_PATH_MAX];  /* and of its folder */
	char fault[128];              /* of a folder that is not trusted */
	int64_t pid;                  /* who answers; 0: not known */
	int64_t uid;                  /* whose it is; -1: not known */
};

/* Asks and waits, ANSWER_NS at most. Takes over `request`. The call says where
 * the daemons are looked for. */
void ask(const struct call *call, enum daemon daemon, json_t *request,
    struct answer *out);
void answer_done(struct answer *a);

#endif
