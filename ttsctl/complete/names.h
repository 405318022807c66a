/* What may stand in a place of a command line, printed for a shell. */
#ifndef TTSCTL_COMPLETE_NAMES_H
#define TTSCTL_COMPLETE_NAMES_H

#include "ttsctl/option.h"

/* The word that is completed: a part that stays, and what is begun of a name
 * behind it. */
struct wanted {
	const char *before;
	size_t before_length;
	const char *begun;
};

/* Prints the name where it begins so. */
void offer(const struct wanted *w, const char *name, const char *about);

/* Offers the names of such a thing ("output", "series") as a daemon tells
 * them: none where it knows no such things, or does not answer. */
void offer_names(
    const struct call *call, const struct wanted *w, const char *thing);

#endif
