/* Pages that a daemon of the fake world serves, held to what must be in them.
 */
#ifndef TESTS_SIM_PAGE_H
#define TESTS_SIM_PAGE_H

/* Asks for a page. Ends the test unless it has that status, and `lines` in it
 * behind a newline: "\nok\n"; the page counts as one that begins with a
 * newline. */
void page_expect(const char *path, int status, const char *lines);
/* Asks for a page; ends the test where `text` is in it. */
void page_lacks(const char *path, const char *text);

#endif
