/*
 * Landlock: which files a process may still reach. The numbers are the
 * kernel's, for headers are often older than it is; what a kernel does not
 * know is not asked of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/posix/linux/sandbox_walls.h"

#ifdef SYS_landlock_create_ruleset

#define ASK_VERSION 1u
#define RULE_BENEATH 1

#define MAY_READ_FILE (UINT64_C(1) << 2)
#define MAY_READ_FOLDER (UINT64_C(1) << 3)

struct rules {
	uint64_t files;  /* what is forbidden where no rule allows it */
	uint64_t net;    /* TCP: bind, connect */
	uint64_t scoped; /* abstract sockets, signals: within the sandbox */
};

struct beneath {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

/* By version, from 1: how many kinds of access to files there are, and which
 * rules beside them. Later versions know these too. */
static const struct {
	unsigned file_bits;
	uint64_t net, scoped;
} known[] = {
	{ 13, 0, 0 },
	{ 14, 0, 0 },
	{ 15, 0, 0 },
	{ 15, 3, 0 },
	{ 16, 3, 0 },
	{ 16, 3, 3 },
};

#define KNOWN_MAX ((long)(sizeof(known) / sizeof(known[0])))

/* Libraries that are loaded late, tables of characters and time zones. */
static const char *const system_paths[] = {
	"/usr",
	"/lib",
	"/lib64",
	"/etc/ld.so.cache",
	"/etc/localtime",
	"/etc/locale.alias",
	"/dev/null",
	"/dev/urandom",
#ifdef __SANITIZE_ADDRESS__
	"/", /* the sanitizer looks for leaks, and reads which it knows */
#endif
	NULL,
};

static int
ruleset_make(void)
{
	long version =
	    syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	struct rules rules;
	size_t row;

	if (version < 1)
		return -1;
	row = (size_t)(version < KNOWN_MAX ? version : KNOWN_MAX) - 1;
	rules.files = (UINT64_C(1) << known[row].file_bits) - 1;
	rules.net = known[row].net;
	rules.scoped = known[row].scoped;
	/* Zeros behind what a kernel knows are no offence. */
	return (int)syscall(
	    SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
}

static void
rule_add(int ruleset, const char *path)
{
	struct beneath rule = { MAY_READ_FILE, -1 };
	struct stat st;

	rule.parent = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent < 0)
		return;
	if (fstat(rule.parent, &st) == 0 && S_ISDIR(st.st_mode))
		rule.allowed |= MAY_READ_FOLDER;
	syscall(SYS_landlock_add_rule, ruleset, RULE_BENEATH, &rule, 0);
	close(rule.parent);
}

bool
sandbox_close_files(const struct sandbox *s)
{
	int ruleset = ruleset_make();
	const char *const *path;
	bool is_closed;

	if (ruleset < 0)
		return false;
	for (path = system_paths; *path; path++)
		rule_add(ruleset, *path);
	for (path = s->readable; path && *path; path++)
		rule_add(ruleset, *path);
	is_closed = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return is_closed;
}

#else

bool
sandbox_close_files(const struct sandbox *s)
{
	(void)s;
	return false;
}

#endif
