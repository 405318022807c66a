/*
 * The speech API writes its sound here: a stream whose other end is read by the
 * engine's thread. It is bounded: the writer waits for the reader.
 */
#ifndef TTSD_ENGINES_WIN32_SAPI_SAPI_STREAM_H
#define TTSD_ENGINES_WIN32_SAPI_SAPI_STREAM_H

#include <objidl.h>
#include <windows.h>

/* NULL: out of memory. Released as every interface. */
IStream *sapi_stream_new(void);

/* Set while there is something to read. */
HANDLE sapi_stream_event(IStream *stream);

/* Takes what is there; never waits. Bytes, a whole number of samples. */
size_t sapi_stream_take(IStream *stream, void *data, size_t cap);

/* Throws away what is written from now on, so that nobody waits. */
void sapi_stream_discard(IStream *stream);

#endif
