/* Where a program that is no daemon begins: its words become UTF-8. */
#include "platform/win32/entry/entry.h"

int
wmain(int argc, wchar_t **argv)
{
	return main(argc, entry_words(argc, argv));
}
