/*
 * The part of a long caption that is shown. Pure.
 *
 * Drawing ten thousand characters takes seconds, and nobody reads them. The
 * caption is cut into pages that stay as they are while its words are spoken.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_LAYOUT_PAGE_H
#define STREAMER_SUPERVISOR_PAINTER_LAYOUT_PAGE_H

#include <stddef.h>

#define PAGE_CHARACTERS_MAX 160

struct page {
	const char *text; /* where it begins in the caption */
	size_t len;       /* bytes */
	size_t from, to;  /* the spoken word: bytes of the page; equal: none */
};

/* Finds the page on which the word begins that the characters from `from` to
 * `to` are. A page ends behind a blank, or where a word is longer than a page,
 * in it. */
struct page page_find(const char *text, size_t from, size_t to);

#endif
