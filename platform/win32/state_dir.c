#include "platform/state_dir.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "platform/win32/trust.h"
#include "platform/win32/win32.h"
/* After windows.h. */
#include <shlobj.h>

/* ---- where it is -------------------------------------------------------- */

/* In the user's own folder; that of a service's account is such a one too. */
static int
print_own(struct state_dir *d)
{
	wchar_t data[MAX_PATH];
	char text[PLATFORM_PATH_MAX];
	int n;

	if (SHGetFolderPathW(NULL, CSIDL_LOCAL_APPDATA | CSIDL_FLAG_CREATE,
		NULL, 0, data) != S_OK ||
	    utf16_to_utf8(data, text, sizeof(text)) < 0) {
		snprintf(d->fault, sizeof(d->fault),
		    "cannot be named: neither state_dir is set, nor has this "
		    "user a folder for what programs keep");
		return ERR_UNTRUSTED;
	}
	n = snprintf(d->path, sizeof(d->path), "%s\\ttsd", text);
	return n < 0 || (size_t)n >= sizeof(d->path) ? ERR_TOO_LONG : 0;
}

/* Whole, with the separators that the system's functions want. */
static int
print_configured(struct state_dir *d, const char *configured)
{
	wchar_t *name = utf16_dup(configured), whole[PLATFORM_PATH_MAX];
	DWORD n;
	int rc = ERR_INVALID;

	snprintf(d->path, sizeof(d->path), "%s", configured);
	if (name) {
		n = GetFullPathNameW(name, PLATFORM_PATH_MAX, whole, NULL);
		rc = n == 0 || n >= PLATFORM_PATH_MAX
			 ? ERR_TOO_LONG
			 : utf16_to_utf8(whole, d->path, sizeof(d->path));
	}
	free(name);
	return rc;
}

/* ---- whose it is -------------------------------------------------------- */

/* Makes a folder, and those on the way to it. What lies before them (a drive, a
 * share) cannot be made, nor has to be. */
static int
make_way(wchar_t *path, SECURITY_ATTRIBUTES *sa)
{
	wchar_t *slash = path;
	DWORD err;

	while ((slash = wcschr(slash + 1, L'\\')) != NULL) {
		*slash = L'\0';
		CreateDirectoryW(path, sa);
		*slash = L'\\';
	}
	if (CreateDirectoryW(path, sa))
		return 0;
	err = GetLastError();
	return err == ERROR_ALREADY_EXISTS ? 0 : win32_err(err);
}

/* For our user alone. */
static int
make_private_way(wchar_t *path)
{
	SECURITY_ATTRIBUTES sa = { .nLength = sizeof(sa) };
	int rc = folder_security(&sa.lpSecurityDescriptor);

	if (rc < 0)
		return rc;
	rc = make_way(path, &sa);
	LocalFree(sa.lpSecurityDescriptor);
	return rc;
}

static int
check_folder(struct state_dir *d, const wchar_t *path)
{
	DWORD attributes = GetFileAttributesW(path);

	if (attributes == INVALID_FILE_ATTRIBUTES)
		return win32_err(GetLastError());
	if (!(attributes & FILE_ATTRIBUTE_DIRECTORY))
		return ERR_NOT_DIR;
	return trust_check(path, d->fault, sizeof(d->fault));
}

int
state_dir_find(const char *configured, struct state_dir *d)
{
	*d = (struct state_dir){ 0 };
	return configured && configured[0] ? print_configured(d, configured)
					   : print_own(d);
}

static int
state_dir_print(struct state_dir *d, const char *configured, wchar_t **path)
{
	int rc = state_dir_find(configured, d);

	*path = NULL;
	if (rc < 0)
		return rc;
	*path = utf16_dup(d->path);
	return *path ? 0 : ERR_NOMEM;
}

int
state_dir_open(const char *configured, struct state_dir *out)
{
	wchar_t *path;
	int rc = state_dir_print(out, configured, &path);

	if (rc < 0)
		return rc;
	rc = make_private_way(path);
	if (rc == 0)
		rc = check_folder(out, path);
	free(path);
	return rc;
}

static bool
is_there(const wchar_t *path)
{
	DWORD err = ERROR_SUCCESS;

	if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES)
		err = GetLastError();
	return err != ERROR_FILE_NOT_FOUND && err != ERROR_PATH_NOT_FOUND;
}

/* Could the folder, which is not there, be made? Whether we may is not told
 * before it is tried, but something else may be in the way: the system finds no
 * folder in that. */
static int
check_way(wchar_t *path)
{
	wchar_t *slash;
	DWORD attributes;

	while (!is_there(path) && (slash = wcsrchr(path, L'\\')) != NULL)
		*slash = L'\0';
	attributes = GetFileAttributesW(path);
	if (attributes == INVALID_FILE_ATTRIBUTES)
		return win32_err(GetLastError());
	return attributes & FILE_ATTRIBUTE_DIRECTORY ? 0 : ERR_NOT_FOUND;
}

int
state_dir_look(const char *configured, struct state_dir *out, bool *there)
{
	wchar_t *path;
	int rc = state_dir_print(out, configured, &path);

	*there = false;
	if (rc < 0)
		return rc;
	*there = is_there(path);
	rc = *there ? check_folder(out, path) : check_way(path);
	free(path);
	return rc;
}

static int
check_file(struct state_dir *d, const wchar_t *path)
{
	DWORD attributes = GetFileAttributesW(path);
	const char *kind = NULL;

	if (attributes == INVALID_FILE_ATTRIBUTES)
		return win32_err(GetLastError());
	if (attributes & FILE_ATTRIBUTE_REPARSE_POINT)
		kind = "a link";
	else if (attributes & FILE_ATTRIBUTE_DIRECTORY)
		kind = "a folder";
	if (kind == NULL)
		return trust_check(path, d->fault, sizeof(d->fault));
	snprintf(d->fault, sizeof(d->fault), "is %s, not a file", kind);
	return ERR_UNTRUSTED;
}

int
state_dir_file(struct state_dir *d, const char *path)
{
	wchar_t *name = utf16_dup(path);
	int rc = name ? check_file(d, name) : ERR_NOMEM;

	free(name);
	return rc;
}
