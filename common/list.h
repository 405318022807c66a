/*
 * Singly linked lists through a member `next` of their items; the holder has
 * a pointer to the first. For lists that are short or seldom changed: both
 * walk from the front. (A list with a tail, as the queues of announcements
 * and jobs are, keeps its own.)
 */
#ifndef COMMON_LIST_H
#define COMMON_LIST_H

/* Puts `item` behind the last. */
#define LIST_APPEND(first, item)                       \
	do {                                           \
		__typeof__(first) *list_at = &(first); \
		while (*list_at)                       \
			list_at = &(*list_at)->next;   \
		(item)->next = NULL;                   \
		*list_at = (item);                     \
	} while (0)

/* Takes `item` out; nothing happens where it is not in. */
#define LIST_REMOVE(first, item)                       \
	do {                                           \
		__typeof__(first) *list_at = &(first); \
		while (*list_at && *list_at != (item)) \
			list_at = &(*list_at)->next;   \
		if (*list_at)                          \
			*list_at = (item)->next;       \
	} while (0)

#endif
