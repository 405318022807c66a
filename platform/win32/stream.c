/*
 * Streams on overlapped pipe handles. One read is always pending, so that a
 * peer that leaves is seen even while nobody wants its bytes; what it brings
 * then is held. Written bytes are gathered up to a limit while the write
 * before them is under way.
 */
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/win32/win32.h"

#define READ_BYTES (8 * 1024)
/* Written bytes that wait for the system, unless stream_set_buffer() says
 * otherwise. */
#define WRITE_LIMIT (64 * 1024)
/* A closed stream may take this long to deliver what it had accepted. */
#define LINGER_NS (2 * NS_PER_S)

struct stream {
	struct loop *loop;
	HANDLE handle;
	const struct stream_events *events;
	void *arg;
	struct op reader, writer;
	struct buf out;    /* accepted */
	struct buf flight; /* being written */
	size_t limit;
	DWORD held;     /* bytes of `in` that nobody wanted yet */
	DWORD held_err; /* a Win32 error that nobody wanted to know yet */
	bool reading, read_pending, write_pending;
	bool write_only;
	bool starved; /* `writable` is owed */
	bool over, closed;
	struct timer *linger;       /* NULL: does not */
	struct stream *next, *prev; /* of those that linger */
	struct loop_task deliver, release;
	uint8_t in[READ_BYTES];
};

/* ---- ending ----------------------------------------------------------- */

static void
stream_release(void *arg)
{
	struct stream *s = arg;

	CloseHandle(s->handle);
	buf_done(&s->out);
	buf_done(&s->flight);
	free(s);
}

static void
linger_no_more(struct stream *s)
{
	if (s->linger == NULL)
		return;
	if (s->prev)
		s->prev->next = s->next;
	else
		s->loop->lingering = s->next;
	if (s->next)
		s->next->prev = s->prev;
	timer_free(s->linger);
	s->linger = NULL;
}

/* Cancels what a closed stream has under way, and releases it when nothing is.
 * While a linger timer runs, its writes go on. */
static void
stream_settle(struct stream *s)
{
	bool writes = s->write_pending && s->linger;

	if (s->read_pending)
		CancelIoEx(s->handle, &s->reader.overlapped);
	if (s->write_pending && !writes)
		CancelIoEx(s->handle, &s->writer.overlapped);
	if (s->read_pending || s->write_pending)
		return;
	linger_no_more(s);
	loop_defer(s->loop, &s->release);
}

static void
lingered(void *arg)
{
	struct stream *s = arg;

	linger_no_more(s);
	stream_settle(s);
}

static void
linger(struct stream *s)
{
	if (timer_new(s->loop, TIMER_COARSE, lingered, s, &s->linger) < 0)
		return;
	timer_at(s->linger, clock_awake_ns() + LINGER_NS);
	s->next = s->loop->lingering;
	if (s->next)
		s->next->prev = s;
	s->loop->lingering = s;
}

void
streams_cut(struct loop *l)
{
	while (l->lingering)
		lingered(l->lingering);
}

static void
stream_end(struct stream *s, DWORD error)
{
	if (s->over)
		return;
	s->over = true;
	s->events->ended(s->arg, win32_err(error));
}

/* ---- reading ---------------------------------------------------------- */

static void
start_read(struct stream *s)
{
	if (s->read_pending || s->over || s->closed || s->write_only ||
	    s->held || s->held_err)
		return;
	op_begin(s->loop, &s->reader);
	s->read_pending = true;
	if (!ReadFile(
		s->handle, s->in, sizeof(s->in), NULL, &s->reader.overlapped) &&
	    GetLastError() != ERROR_IO_PENDING)
		op_post(s->loop, &s->reader, GetLastError(), 0);
}

static void
deliver(void *arg)
{
	struct stream *s = arg;
	DWORD len = s->held;

	if (!s->reading || s->over || s->closed)
		return;
	s->held = 0;
	if (len > 0)
		s->events->data(s->arg, s->in, len);
	else if (s->held_err)
		stream_end(s, s->held_err);
	start_read(s);
}

static void
read_done(struct op *op, DWORD error, DWORD bytes)
{
	struct stream *s = CONTAINING_RECORD(op, struct stream, reader);

	s->read_pending = false;
	if (s->closed) {
		stream_settle(s);
		return;
	}
	s->held = error ? 0 : bytes;
	s->held_err = error;
	deliver(s);
	/* A peer may write nothing, and that is read. */
	start_read(s);
}

void
stream_reading(struct stream *s, bool on)
{
	if (s->over || s->closed)
		return;
	s->reading = on;
	if (on && (s->held || s->held_err))
		loop_defer(s->loop, &s->deliver);
	else if (on)
		start_read(s);
}

/* ---- writing ---------------------------------------------------------- */

static size_t
waiting(const struct stream *s)
{
	return buf_len(&s->out) + buf_len(&s->flight);
}

/* Returns a Win32 error. */
static DWORD
start_write(struct stream *s)
{
	struct buf written = s->flight;
	DWORD error;

	if (s->write_pending || waiting(s) == 0)
		return 0;
	if (buf_len(&s->flight) == 0) {
		s->flight = s->out;
		s->out = written;
	}
	op_begin(s->loop, &s->writer);
	s->write_pending = true;
	if (WriteFile(s->handle, buf_data(&s->flight),
		(DWORD)buf_len(&s->flight), NULL, &s->writer.overlapped))
		return 0;
	error = GetLastError();
	if (error == ERROR_IO_PENDING)
		return 0;
	op_abandon(s->loop, &s->writer);
	s->write_pending = false;
	return error;
}

static void
write_done(struct op *op, DWORD error, DWORD bytes)
{
	struct stream *s = CONTAINING_RECORD(op, struct stream, writer);

	s->write_pending = false;
	buf_consume(&s->flight, error ? buf_len(&s->flight) : bytes);
	if (error == 0)
		error = start_write(s);
	if (s->closed) {
		stream_settle(s);
	} else if (error) {
		stream_end(s, error);
	} else if (s->starved && !s->over && waiting(s) < s->limit) {
		s->starved = false;
		if (s->events->writable)
			s->events->writable(s->arg);
	}
}

int
stream_write(struct stream *s, const void *data, size_t len)
{
	size_t held = waiting(s), n = 0;
	DWORD error;

	if (s->over || s->closed)
		return ERR_CLOSED;
	if (held < s->limit)
		n = s->limit - held < len ? s->limit - held : len;
	if (n > 0 && buf_put(&s->out, data, n) < 0)
		n = 0;
	error = start_write(s);
	if (error) {
		s->over = true;
		return win32_err(error);
	}
	s->starved = n < len;
	return (int)n;
}

/* ---- life ------------------------------------------------------------- */

int
stream_new(struct loop *l, HANDLE handle, struct stream **out)
{
	static const struct stream_events nobody;
	struct stream *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s == NULL) {
		CloseHandle(handle);
		return ERR_NOMEM;
	}
	s->loop = l;
	s->handle = handle;
	s->events = &nobody;
	s->reader.done = read_done;
	s->writer.done = write_done;
	s->limit = WRITE_LIMIT;
	s->deliver = (struct loop_task){ .fn = deliver, .arg = s };
	s->release = (struct loop_task){ .fn = stream_release, .arg = s };
	buf_init(&s->out, SIZE_MAX / 2);
	buf_init(&s->flight, SIZE_MAX / 2);
	*out = s;
	return 0;
}

void
stream_write_only(struct stream *s)
{
	s->write_only = true;
}

void
stream_set_owner(
    struct stream *s, const struct stream_events *events, void *arg)
{
	s->events = events;
	s->arg = arg;
	stream_reading(s, true);
}

int
stream_connect(struct loop *l, const char *path,
    const struct stream_events *events, void *arg, struct stream **out)
{
	wchar_t *name;
	HANDLE handle;
	int rc = pipe_name(path, &name);

	*out = NULL;
	if (rc < 0)
		return rc;
	/* A server in disguise learns who we are, and may not act as us. */
	handle = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL,
	    OPEN_EXISTING,
	    FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT |
		SECURITY_IDENTIFICATION,
	    NULL);
	free(name);
	if (handle == INVALID_HANDLE_VALUE)
		return win32_err(GetLastError());
	rc = pipe_check_owner(handle);
	if (rc == 0)
		rc = loop_attach(l, handle);
	if (rc < 0)
		CloseHandle(handle);
	else
		rc = stream_new(l, handle, out);
	if (rc == 0)
		stream_set_owner(*out, events, arg);
	return rc;
}

/* Bytes that were accepted still go out, for a while, as a kernel would do it.
 */
void
stream_close(struct stream *s)
{
	if (s == NULL || s->closed)
		return;
	s->closed = true;
	if (s->write_pending && !s->over)
		linger(s);
	stream_settle(s);
}

size_t
stream_unread(const struct stream *s)
{
	return waiting(s);
}

void
stream_set_buffer(struct stream *s, size_t bytes)
{
	s->limit = bytes;
}

int64_t
stream_peer_pid(const struct stream *s)
{
	DWORD flags = 0;
	ULONG pid = 0;

	if (!GetNamedPipeInfo(s->handle, &flags, NULL, NULL, NULL))
		return 0;
	if (flags & PIPE_SERVER_END)
		GetNamedPipeClientProcessId(s->handle, &pid);
	else
		GetNamedPipeServerProcessId(s->handle, &pid);
	return (int64_t)pid;
}

int64_t
stream_peer_uid(const struct stream *s)
{
	(void)s;
	return -1;
}
