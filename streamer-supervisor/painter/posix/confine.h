/* What the painter may reach: it draws what others made, with many libraries
 * (platform/posix/sandbox.h). */
#ifndef STREAMER_SUPERVISOR_PAINTER_POSIX_CONFINE_H
#define STREAMER_SUPERVISOR_PAINTER_POSIX_CONFINE_H

#define CONFINE_FILES 3

/* From here on it reads fonts, what fontconfig knows of them, and what is in
 * the folders of these files; NULL: there is no such file. A folder that is not
 * there yet may come. */
void confine(const char *const files[CONFINE_FILES]);

/* A file that was read before cannot be, with EACCES. Is it only that its
 * folder is another than the one that confine() knew, the process ends, and its
 * parent starts one that knows this one. */
void confine_check(const char *path);

#endif
