/* What the painter tells its parent on standard error: a JSON object a line. */
#ifndef STREAMER_SUPERVISOR_PAINTER_REPORT_H
#define STREAMER_SUPERVISOR_PAINTER_REPORT_H

#include "streamer-supervisor/painter/layout/reports.h"

/* {"trouble":"layout", "text":"board.svg:12: ..."}: said again only when the
 * text is another. */
void report_trouble(enum report what, const char *text);

/* The same of a file: its path is said before the text. */
void report_file_trouble(enum report what, const char *path, const char *text);

/* {"mended":"layout"}, where there was trouble, and the first time: what the
 * painter before this one had trouble with is well now. */
void report_mended(enum report what);

/* {"uses":["caption","clock"]}: enum use, as the picture is now. */
void report_uses(unsigned uses);

/* {"glyphs":"U+4E00 U+4E8C", "package":"fonts-wqy-microhei"} */
void report_glyphs(const char *characters, const char *package);

#endif
