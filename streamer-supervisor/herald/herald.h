/*
 * A program that tells an Icecast server what is on a mountpoint now, and asks
 * how many listen to it:
 *
 *   herald [--insecure] [--ca FILE] TEXT
 *
 * TEXT is a file of lines: the mountpoint's URL (http://host:8000/mount), the
 * user, the password, and, where the server is to be told a title, the charset
 * that it is to take it for, and the title, UTF-8, which may be empty. It is
 * told as players of Icecast and SHOUTcast show it
 * (/admin/metadata); listeners are those of /status-json.xsl.
 *
 * What came of it are lines on standard output. It ends within some
 * seconds.
 */
#ifndef STREAMER_SUPERVISOR_HERALD_HERALD_H
#define STREAMER_SUPERVISOR_HERALD_HERALD_H

/* The server has taken the title. */
#define HERALD_TOLD "told"
/* It was told in HERALD_BYTES what it had spelt out in HERALD_UTF8, see main.c:
 * that is what it is to be told in from now on. */
#define HERALD_AS_BYTES "as bytes"
#define HERALD_UTF8 "UTF-8"
#define HERALD_BYTES "ISO-8859-1"
/* It has not; the reason follows, for a person. */
#define HERALD_REFUSED "refused "
/* So many listen; a number follows. Nothing, where the server does not say. */
#define HERALD_LISTENERS "listeners "

#endif
