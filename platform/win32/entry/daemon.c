/* Where a daemon begins: `NAME service …` looks after it as a Windows
 * service, and is how the service manager starts it. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "common/err.h"
#include "platform/win32/entry/control.h"
#include "platform/win32/entry/entry.h"
#include "platform/win32/service.h"

#define EXIT_USAGE 64
#define EXIT_FAILED 71

static const char usage[] =
    "usage: %s service install [OPTION]...   as a service that starts with\n"
    "                                        the system, with these options\n"
    "       %s service start|stop|restart|status|uninstall\n"
    "\n"
    "The service runs as LocalService, restarts when it fails, and logs to\n"
    "%%ProgramData%%\\ttsd and, what matters, to the event log.\n";

static int
run_service(const char *program, int argc, char **argv)
{
	wchar_t name[64];
	int rc;

	swprintf(name, 63, L"%hs", program);
	name[63] = L'\0';
	rc = service_run(name, main, argc, argv);
	if (rc < 0) {
		fprintf(stderr,
		    "%s: 'service run' is for the service manager; start it "
		    "with '%s service start'\n",
		    program, program);
		return EXIT_USAGE;
	}
	return 0;
}

/* words: NAME service VERB [OPTION]… */
static int
service_command(const char *program, int argc, char **argv)
{
	static int (*const plain[])(const char *name) = { control_start,
		control_stop, control_restart, control_status,
		control_uninstall };
	static const char *const verbs[] = { "start", "stop", "restart",
		"status", "uninstall" };
	const char *verb = argc > 2 ? argv[2] : "";
	size_t i;

	if (strcmp(verb, "install") == 0)
		return control_install(program, argc - 3, argv + 3);
	if (strcmp(verb, "run") == 0) {
		/* The daemon's words begin as if "service run" were not there.
		 */
		argv[2] = argv[0];
		return run_service(program, argc - 2, argv + 2);
	}
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (argc == 3 && strcmp(verb, verbs[i]) == 0)
			return plain[i](program);
	if (strcmp(verb, "--help") == 0) {
		printf(usage, program, program);
		return 0;
	}
	fprintf(stderr, usage, program, program);
	return EXIT_USAGE;
}

/* The program's name: "ttsd" of C:\…\ttsd.exe. */
static const char *
program_name(void)
{
	static char name[64];
	wchar_t path[MAX_PATH], *base, *dot;

	GetModuleFileNameW(NULL, path, MAX_PATH);
	path[MAX_PATH - 1] = L'\0';
	base = wcsrchr(path, L'\\');
	base = base ? base + 1 : path;
	dot = wcsrchr(base, L'.');
	if (dot)
		*dot = L'\0';
	snprintf(name, sizeof(name), "%ls", base);
	return name;
}

int
wmain(int argc, wchar_t **argv)
{
	char **words = entry_words(argc, argv);

	if (argc > 1 && strcmp(words[1], "service") == 0)
		return service_command(program_name(), argc, words);
	return main(argc, words);
}
