#include "platform/client.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/err.h"

bool
client_output_is_terminal(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

static int
print_dir(char *out, size_t size, const char *parent, const char *name)
{
	int n = snprintf(out, size, "%s%s", parent, name);

	return n < 0 || (size_t)n >= size ? ERR_TOO_LONG : 0;
}

/* Where platform/posix/path.c puts them, whoever started the daemons. */
int
client_runtime_dir(unsigned index, char *out, size_t size)
{
	const char *named = getenv("RUNTIME_DIRECTORY");
	const char *session = getenv("XDG_RUNTIME_DIR");
	const char *temporary = getenv("TMPDIR");
	unsigned at = 0;
	char own[32];

	if (named && named[0])
		return index == 0 ? print_dir(out, size, named, "")
				  : ERR_NOT_FOUND;
	if (session && session[0] && index == at++)
		return print_dir(out, size, session, "/ttsd");
	if (geteuid() != 0 && index == at++) {
		snprintf(own, sizeof(own), "/ttsd-%u", (unsigned)geteuid());
		return print_dir(out, size,
		    temporary && temporary[0] ? temporary : "/tmp", own);
	}
	return index == at ? print_dir(out, size, "/run", "/ttsd")
			   : ERR_NOT_FOUND;
}

void
client_default_signals(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
}
