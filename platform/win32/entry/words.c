#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "platform/win32/entry/entry.h"
#include "platform/win32/utf16.h"

char **
entry_words(int argc, wchar_t **argv)
{
	char **words = utf8_words(argc, argv);

	if (words == NULL) {
		fputs("out of memory, or the command line is not Unicode\n",
		    stderr);
		exit(EXIT_FAILURE);
	}
	/* No dialogue box may stop a daemon or one of its children. */
	SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX |
		     SEM_NOOPENFILEERRORBOX);
	SetConsoleOutputCP(CP_UTF8);
	/* Sound, and lines that end as everywhere else. */
	_setmode(_fileno(stdout), _O_BINARY);
	_setmode(_fileno(stderr), _O_BINARY);
	return words;
}
