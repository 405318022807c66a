/* Ids of announcements and calls, as words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ttsctl/request.h"

#define ANNOUNCEMENT "announcement"

/* An id, also where it stands as `say` prints it: "hall: announcement 19, 2
 * before it". NULL: it is none. */
static json_t *
id_value(const char *word)
{
	const char *said = strstr(word, ANNOUNCEMENT " ");
	long long id;
	char *end;

	if (said)
		word = said + strlen(ANNOUNCEMENT " ");
	errno = 0;
	id = strtoll(word, &end, 10);
	if (errno || end == word || id <= 0)
		return NULL;
	return *end == '\0' || (said && strchr(",:", *end)) ? json_integer(id)
							    : NULL;
}

enum status
prepare_cancel(struct call *call)
{
	json_t *ids = json_array(), *id = NULL;
	size_t i;

	for (i = 0; i < call->word_count; i++) {
		if (strcmp(call->words[i], ANNOUNCEMENT) == 0)
			continue;
		id = id_value(call->words[i]);
		if (id == NULL)
			break;
		json_array_append_new(ids, id);
	}
	if (json_array_size(ids) == 1)
		json_object_set(call->request, "id", id);
	else
		json_object_set(call->request, "ids", ids);
	json_decref(ids);
	return id ? STATUS_DONE
		  : complain_usage(call,
			"'%s' is not the id of an announcement; 'ttsctl queue' "
			"shows them",
			call->words[i < call->word_count ? i : 0]);
}

enum status
prepare_uncall(struct call *call)
{
	enum status status = prepare_cancel(call);

	if (status == STATUS_DONE && json_object_get(call->request, "ids"))
		return complain_usage(call, "expected %s", "one ID");
	return status;
}
