#include "platform/posix/systemd/journal.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/log_fields.h"

#define SOCKET "/run/systemd/journal/socket"
/* A line, its fields, and their names. */
#define DATAGRAM_MAX (LOG_LINE_MAX * 3)

bool
journal_is_behind_stderr(void)
{
	const char *word = getenv("JOURNAL_STREAM");
	uint64_t device, inode;
	struct stat st;

	return word &&
	       sscanf(word, "%" SCNu64 ":%" SCNu64, &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device &&
	       st.st_ino == inode;
}

int
journal_priority(enum log_level level)
{
	static const int priority[] = { [LOG_ERROR] = 3,
		[LOG_WARNING] = 4,
		[LOG_INFO] = 6,
		[LOG_DEBUG] = 7 };

	return priority[level];
}

/* Fields that mean something else to the journal. */
static bool
is_reserved(const char *name)
{
	static const char *const reserved[] = { "message", "priority",
		"syslog_identifier", "errno", "unit", "invocation_id" };
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(name, reserved[i]) == 0)
			return true;
	return false;
}

struct datagram {
	char bytes[DATAGRAM_MAX];
	size_t len;
};

/* What has no room is left out: the line is whole in MESSAGE. */
static void
put_field(struct datagram *d, const char *name, const char *value, size_t len)
{
	char *at = d->bytes + d->len;
	size_t n = strlen(name), i;

	if (n + len + 2 > sizeof(d->bytes) - d->len)
		return;
	for (i = 0; i < n; i++)
		at[i] = (char)toupper((unsigned char)name[i]);
	at[n] = '=';
	memcpy(at + n + 1, value, len);
	at[n + 1 + len] = '\n';
	d->len += n + len + 2;
}

static void
put_fields(struct datagram *d, const char *line)
{
	struct log_field f;

	while (log_field_next(&line, &f))
		if (!is_reserved(f.name))
			put_field(d, f.name, f.value, f.len);
}

static bool
send_datagram(const struct datagram *d)
{
	static const struct sockaddr_un address = { .sun_family = AF_UNIX,
		.sun_path = SOCKET };
	static int fd = -1;

	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd >= 0 &&
	       sendto(fd, d->bytes, d->len, MSG_NOSIGNAL | MSG_DONTWAIT,
		   (const struct sockaddr *)&address, sizeof(address)) >= 0;
}

bool
journal_write(const char *program, enum log_level level, const char *line)
{
	struct datagram d = { .len = 0 };
	char priority[8];

	snprintf(priority, sizeof(priority), "%d", journal_priority(level));
	put_field(&d, "message", line, strlen(line));
	put_field(&d, "priority", priority, strlen(priority));
	put_field(&d, "syslog_identifier", program, strlen(program));
	put_fields(&d, line);
	return send_datagram(&d);
}
