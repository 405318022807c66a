/*
 * Memory for libev, which ends the process where it is refused some. What the
 * heap refuses comes from a reserve, enough to let its tables grow from four
 * thousand descriptors to eight thousand; and back from there to the heap when
 * they grow the next time.
 */
#ifndef PLATFORM_LOOP_MEMORY_H
#define PLATFORM_LOOP_MEMORY_H

/* For ev_set_allocator(), before there is any loop: makes `memory` so many
 * bytes long, as realloc() does; 0 frees it. NULL where the reserve is used up
 * as well. */
void *loop_memory(void *memory, long size);

#endif
