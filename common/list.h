/*
 * Singly linked lists through a member `next` of their items; the holder has
 * a pointer to the first. Both macros walk from the front, so they are meant
 * for lists that are short or seldom changed. (The queues of announcements and
 * jobs keep a pointer to their last item too, and do without these.)
 */
#ifndef COMMON_LIST_H
#define COMMON_LIST_H

/* Puts `item` at the end of the list. */
#define LIST_APPEND(first, item)                       \
	do {                                           \
		__typeof__(first) *list_at = &(first); \
		while (*list_at)                       \
			list_at = &(*list_at)->next;   \
		(item)->next = NULL;                   \
		*list_at = (item);                     \
	} while (0)

/* Takes `item` out of the list; an item that is not in it changes nothing. */
#define LIST_REMOVE(first, item)                       \
	do {                                           \
		__typeof__(first) *list_at = &(first); \
		while (*list_at && *list_at != (item)) \
			list_at = &(*list_at)->next;   \
		if (*list_at)                          \
			*list_at = (item)->next;       \
	} while (0)

#endif
