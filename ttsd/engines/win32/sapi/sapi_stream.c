#define COBJMACROS
#include "ttsd/engines/win32/sapi/sapi_stream.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Sound that waits for the reader: 1.5 s. */
#define BUFFER_BYTES (64 * 1024)
#define SAMPLE_BYTES 2

struct sink {
	IStream stream; /* first */
	LONG references;
	CRITICAL_SECTION lock; /* of the following */
	CONDITION_VARIABLE room;
	HANDLE ready;
	unsigned char bytes[BUFFER_BYTES];
	size_t len;
	ULONGLONG position; /* bytes written so far */
	bool discarding;
};

static struct sink *
sink_of(IStream *stream)
{
	return (struct sink *)stream;
}

static HRESULT STDMETHODCALLTYPE
query(IStream *this, REFIID id, void **out)
{
	*out = NULL;
	if (!IsEqualIID(id, &IID_IUnknown) &&
	    !IsEqualIID(id, &IID_ISequentialStream) &&
	    !IsEqualIID(id, &IID_IStream))
		return E_NOINTERFACE;
	IStream_AddRef(this);
	*out = this;
	return S_OK;
}

static ULONG STDMETHODCALLTYPE
add_reference(IStream *this)
{
	return (ULONG)InterlockedIncrement(&sink_of(this)->references);
}

static ULONG STDMETHODCALLTYPE
sapi_stream_release(IStream *this)
{
	struct sink *s = sink_of(this);
	LONG left = InterlockedDecrement(&s->references);

	if (left == 0) {
		DeleteCriticalSection(&s->lock);
		CloseHandle(s->ready);
		free(s);
	}
	return (ULONG)left;
}

static HRESULT STDMETHODCALLTYPE
read_nothing(IStream *this, void *data, ULONG len, ULONG *got)
{
	(void)this;
	(void)data;
	(void)len;
	if (got)
		*got = 0;
	return S_FALSE;
}

static HRESULT STDMETHODCALLTYPE
write_bytes(IStream *this, const void *data, ULONG len, ULONG *written)
{
	struct sink *s = sink_of(this);
	const unsigned char *from = data;
	ULONG left = len;
	size_t n;

	EnterCriticalSection(&s->lock);
	while (left > 0 && !s->discarding) {
		n = BUFFER_BYTES - s->len < left ? BUFFER_BYTES - s->len : left;
		memcpy(s->bytes + s->len, from, n);
		s->len += n;
		from += n;
		left -= (ULONG)n;
		if (s->len > 0)
			SetEvent(s->ready);
		if (left > 0)
			SleepConditionVariableCS(&s->room, &s->lock, INFINITE);
	}
	s->position += len;
	LeaveCriticalSection(&s->lock);
	if (written)
		*written = len;
	return S_OK;
}

/* The speech API asks for the position, and nothing else makes sense here. */
static HRESULT STDMETHODCALLTYPE
seek(IStream *this, LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER *at)
{
	struct sink *s = sink_of(this);

	(void)move;
	(void)origin;
	EnterCriticalSection(&s->lock);
	if (at)
		at->QuadPart = s->position;
	LeaveCriticalSection(&s->lock);
	return S_OK;
}

static HRESULT STDMETHODCALLTYPE
set_size(IStream *this, ULARGE_INTEGER size)
{
	(void)this;
	(void)size;
	return S_OK;
}

static HRESULT STDMETHODCALLTYPE
copy_to(IStream *this, IStream *to, ULARGE_INTEGER len, ULARGE_INTEGER *got,
    ULARGE_INTEGER *written)
{
	(void)this;
	(void)to;
	(void)len;
	(void)got;
	(void)written;
	return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE
commit(IStream *this, DWORD flags)
{
	(void)this;
	(void)flags;
	return S_OK;
}

static HRESULT STDMETHODCALLTYPE
revert(IStream *this)
{
	(void)this;
	return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE
lock_region(IStream *this, ULARGE_INTEGER at, ULARGE_INTEGER len, DWORD type)
{
	(void)this;
	(void)at;
	(void)len;
	(void)type;
	return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE
stat_stream(IStream *this, STATSTG *out, DWORD flags)
{
	(void)this;
	(void)flags;
	memset(out, 0, sizeof(*out));
	out->type = STGTY_STREAM;
	return S_OK;
}

static HRESULT STDMETHODCALLTYPE
clone(IStream *this, IStream **out)
{
	(void)this;
	*out = NULL;
	return E_NOTIMPL;
}

static IStreamVtbl methods = {
	.QueryInterface = query,
	.AddRef = add_reference,
	.Release = sapi_stream_release,
	.Read = read_nothing,
	.Write = write_bytes,
	.Seek = seek,
	.SetSize = set_size,
	.CopyTo = copy_to,
	.Commit = commit,
	.Revert = revert,
	.LockRegion = lock_region,
	.UnlockRegion = lock_region,
	.Stat = stat_stream,
	.Clone = clone,
};

IStream *
sapi_stream_new(void)
{
	struct sink *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->stream.lpVtbl = &methods;
	s->references = 1;
	InitializeCriticalSection(&s->lock);
	InitializeConditionVariable(&s->room);
	s->ready = CreateEventW(NULL, TRUE, FALSE, NULL);
	return &s->stream;
}

HANDLE
sapi_stream_event(IStream *stream)
{
	return sink_of(stream)->ready;
}

size_t
sapi_stream_take(IStream *stream, void *data, size_t cap)
{
	struct sink *s = sink_of(stream);
	size_t n;

	EnterCriticalSection(&s->lock);
	n = s->len < cap ? s->len : cap;
	n -= n % SAMPLE_BYTES;
	memcpy(data, s->bytes, n);
	s->len -= n;
	memmove(s->bytes, s->bytes + n, s->len);
	if (s->len < SAMPLE_BYTES)
		ResetEvent(s->ready);
	LeaveCriticalSection(&s->lock);
	WakeAllConditionVariable(&s->room);
	return n;
}

void
sapi_stream_discard(IStream *stream)
{
	struct sink *s = sink_of(stream);

	EnterCriticalSection(&s->lock);
	s->discarding = true;
	LeaveCriticalSection(&s->lock);
	WakeAllConditionVariable(&s->room);
}
