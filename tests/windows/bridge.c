/*
 * Lets native tests reach named pipes of programs under Wine.
 *
 *   bridge serve          prints a port; a connection to it names a pipe in
 *                         its first line, gets "ok" or "error N", and is
 *                         then the pipe
 *   bridge pace PIPE S    reads an audio pipe for S seconds and prints how
 *                         late its samples came
 *   bridge hold PIPE      connects, says so, and never reads
 */
#include <winsock2.h>
/* winsock2.h has to come first. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#define BUFFER_BYTES 16384
/* Small, so that a client that does not read stalls the pipe soon. */
#define SOCKET_BYTES 4096
#define HEADER_BYTES 44
/* How long a pipe may have no instance to spare. */
#define BUSY_MS 5000
#define CANCEL_MS 10

struct connection {
	SOCKET socket;
	HANDLE pipe;
};

int wmain(int argc, wchar_t **argv);

static HANDLE
open_pipe(const char *name)
{
	HANDLE pipe;

	do
		pipe = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL,
		    OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
	while (pipe == INVALID_HANDLE_VALUE &&
	       GetLastError() == ERROR_PIPE_BUSY &&
	       WaitNamedPipeA(name, BUSY_MS));
	return pipe;
}

/* Reads or writes and waits. 0 at the end. */
static DWORD
transfer(HANDLE pipe, bool write, void *data, DWORD len)
{
	OVERLAPPED o = { .hEvent = CreateEventW(NULL, TRUE, FALSE, NULL) };
	DWORD n = 0;
	BOOL ok = write ? WriteFile(pipe, data, len, NULL, &o)
			: ReadFile(pipe, data, len, NULL, &o);

	if ((!ok && GetLastError() != ERROR_IO_PENDING) ||
	    !GetOverlappedResult(pipe, &o, &n, TRUE))
		n = 0;
	CloseHandle(o.hEvent);
	return n;
}

static DWORD WINAPI
to_socket(void *arg)
{
	struct connection *c = arg;
	char data[BUFFER_BYTES];
	DWORD n, sent;
	int rc;

	while ((n = transfer(c->pipe, false, data, sizeof(data))) > 0) {
		for (sent = 0; sent < n; sent += (DWORD)rc) {
			rc = send(c->socket, data + sent, (int)(n - sent), 0);
			if (rc <= 0)
				return 0;
		}
	}
	shutdown(c->socket, SD_SEND);
	return 0;
}

static bool
read_name(SOCKET s, char *name, size_t size)
{
	size_t len = 0;

	while (len + 1 < size && recv(s, name + len, 1, 0) == 1) {
		if (name[len] == '\n') {
			name[len] = '\0';
			return true;
		}
		len++;
	}
	return false;
}

static void
carry(struct connection *c)
{
	char data[BUFFER_BYTES];
	HANDLE thread = CreateThread(NULL, 0, to_socket, c, 0, NULL);
	int n;

	while ((n = recv(c->socket, data, sizeof(data), 0)) > 0)
		if (transfer(c->pipe, true, data, (DWORD)n) == 0)
			break;
	/* What the pipe still says goes out, unless nobody is there. */
	if (n > 0)
		WaitForSingleObject(thread, INFINITE);
	shutdown(c->socket, SD_BOTH);
	/* It may be about to read. */
	do
		CancelIoEx(c->pipe, NULL);
	while (WaitForSingleObject(thread, CANCEL_MS) == WAIT_TIMEOUT);
	CloseHandle(thread);
	CloseHandle(c->pipe);
	closesocket(c->socket);
}

static DWORD WINAPI
serve_one(void *arg)
{
	struct connection c = { .socket = (SOCKET)(uintptr_t)arg };
	char name[300], answer[32];

	if (read_name(c.socket, name, sizeof(name))) {
		c.pipe = open_pipe(name);
		if (c.pipe != INVALID_HANDLE_VALUE) {
			send(c.socket, "ok\n", 3, 0);
			carry(&c);
			return 0;
		}
		snprintf(answer, sizeof(answer), "error %lu\n", GetLastError());
		send(c.socket, answer, (int)strlen(answer), 0);
	}
	closesocket(c.socket);
	return 0;
}

static int
serve(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int len = sizeof(at), small = SOCKET_BYTES;
	SOCKET s = socket(AF_INET, SOCK_STREAM, 0), client;
	HANDLE thread;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(
	    s, SOL_SOCKET, SO_SNDBUF, (const char *)&small, sizeof(small));
	if (bind(s, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(s, SOMAXCONN) != 0 ||
	    getsockname(s, (struct sockaddr *)&at, &len) != 0)
		return 1;
	printf("%u\n", ntohs(at.sin_port));
	fflush(stdout);
	while ((client = accept(s, NULL, NULL)) != INVALID_SOCKET) {
		thread = CreateThread(
		    NULL, 0, serve_one, (void *)(uintptr_t)client, 0, NULL);
		if (thread)
			CloseHandle(thread);
	}
	return 1;
}

static double
now_ms(void)
{
	LARGE_INTEGER f, t;

	QueryPerformanceFrequency(&f);
	QueryPerformanceCounter(&t);
	return (double)t.QuadPart * 1000.0 / (double)f.QuadPart;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
report(const char *what, double *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	printf("\"%s\": {\"p50\": %.2f, \"p99\": %.2f, \"max\": %.2f}", what,
	    values[n / 2], values[n * 99 / 100], values[n - 1]);
}

/* Lateness is against the earliest sample, by the sample clock. */
static int
pace(const char *name, int seconds)
{
	uint8_t data[BUFFER_BYTES], header[HEADER_BYTES];
	HANDLE pipe = open_pipe(name);
	size_t got = 0, n = 0, max = (size_t)seconds * 4000, i;
	double *late = calloc(max, sizeof(*late));
	double *gap = calloc(max, sizeof(*gap));
	double start = now_ms(), last = 0, at, least = 1e18;
	uint64_t bytes = 0;
	uint32_t byte_rate;
	DWORD len;

	while (pipe != INVALID_HANDLE_VALUE && got < HEADER_BYTES) {
		len = transfer(
		    pipe, false, header + got, (DWORD)(HEADER_BYTES - got));
		if (len == 0)
			return 1;
		got += len;
	}
	if (got < HEADER_BYTES || late == NULL || gap == NULL)
		return 1;
	memcpy(&byte_rate, header + 28, sizeof(byte_rate));
	while (n < max && now_ms() - start < seconds * 1000.0) {
		len = transfer(pipe, false, data, sizeof(data));
		at = now_ms();
		if (len == 0)
			return 1;
		bytes += len;
		late[n] = at - (double)bytes * 1000.0 / byte_rate;
		least = late[n] < least ? late[n] : least;
		gap[n] = last > 0 ? at - last : 0;
		last = at;
		n++;
	}
	for (i = 0; i < n; i++)
		late[i] -= least;
	printf("{\"reads\": %zu, \"seconds\": %d, ", n, seconds);
	report("late_ms", late, n);
	printf(", ");
	report("gap_ms", gap, n);
	printf("}\n");
	return 0;
}

static int
hold(const char *name)
{
	HANDLE pipe = open_pipe(name);

	if (pipe == INVALID_HANDLE_VALUE)
		return 1;
	puts("held");
	fflush(stdout);
	Sleep(INFINITE);
	return 0;
}

int
wmain(int argc, wchar_t **argv)
{
	WSADATA data;
	char name[300] = "";

	WSAStartup(MAKEWORD(2, 2), &data);
	if (argc > 2)
		snprintf(name, sizeof(name), "%ls", argv[2]);
	if (argc == 2 && wcscmp(argv[1], L"serve") == 0)
		return serve();
	if (argc == 4 && wcscmp(argv[1], L"pace") == 0)
		return pace(name, _wtoi(argv[3]));
	if (argc == 3 && wcscmp(argv[1], L"hold") == 0)
		return hold(name);
	fputs("usage: bridge serve | pace PIPE SECONDS | hold PIPE\n", stderr);
	return 64;
}
