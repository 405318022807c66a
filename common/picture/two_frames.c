#include "common/picture/two_frames.h"

#include <stdatomic.h>
#include <string.h>

/* Before each frame lies its number, on a line of the processor's cache of its
 * own; 0 while it is being written. */
#define HEAD_BYTES 64

static size_t
slot_bytes(size_t frame_bytes)
{
	return HEAD_BYTES +
	       (frame_bytes + HEAD_BYTES - 1) / HEAD_BYTES * HEAD_BYTES;
}

size_t
two_frames_size(size_t frame_bytes)
{
	return 2 * slot_bytes(frame_bytes);
}

static uint8_t *
slot_of(const struct two_frames *t, uint32_t number)
{
	return t->memory + number % 2 * slot_bytes(t->frame_bytes);
}

uint32_t
two_frames_write(struct two_frames *t, const uint8_t *frame)
{
	uint32_t number = t->number == UINT32_MAX ? 2 : t->number + 1;
	uint8_t *slot = slot_of(t, number);
	_Atomic uint32_t *head = (_Atomic uint32_t *)(void *)slot;

	atomic_store_explicit(head, 0, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	memcpy(slot + HEAD_BYTES, frame, t->frame_bytes);
	atomic_store_explicit(head, number, memory_order_release);
	t->number = number;
	return number;
}

bool
two_frames_read(const struct two_frames *t, int64_t number, uint8_t *frame)
{
	uint8_t *slot = slot_of(t, (uint32_t)number);
	_Atomic uint32_t *head = (_Atomic uint32_t *)(void *)slot;

	if (number <= 0 ||
	    atomic_load_explicit(head, memory_order_acquire) != number)
		return false;
	memcpy(frame, slot + HEAD_BYTES, t->frame_bytes);
	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(head, memory_order_relaxed) == number;
}
