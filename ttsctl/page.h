/* Text for a person, composed before it is printed, and where it goes. */
#ifndef TTSCTL_PAGE_H
#define TTSCTL_PAGE_H

#include <stdbool.h>

#include "common/buf.h"

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

struct page {
	struct buf text;  /* it ends early when memory runs out */
	unsigned columns; /* of the terminal; 0: none, so lines are not cut */
	unsigned rows;
	bool colour;
};

/* Begins a page for standard output as it is now. */
void page_init(struct page *p);
void page_done(struct page *p);

/* Appends a line, made safe and cut where the terminal ends. `colour` may be
 * "". */
void page_line(struct page *p, const char *colour, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends a part of a line likewise. `column` counts those that the line has
 * taken, 0 at first; page_end() ends the line. */
void page_part(struct page *p, size_t *column, const char *colour,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void page_end(struct page *p);

/* Puts the page into standard output's buffer, and releases it. */
void page_print(struct page *p);

/* Cuts a text, in `size` bytes of room, to so many columns (width.h); "…" at
 * its end shows that it was cut. */
void page_cut(char *text, size_t size, size_t columns);

/* How many columns a valid text takes. */
size_t page_width(const char *text);

#endif
