#include "platform/win32/account.h"

#include <stdint.h>
#include <stdio.h>

#include "platform/win32/utf16.h"
/* After windows.h. */
#include <sddl.h>

#define NAME_MAX_CHARS 256

/* Our user: `user` comes first, and then room for what it points to. */
union own_user {
	TOKEN_USER user;
	uint8_t bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
};

static int
own_user(union own_user *out)
{
	HANDLE token;
	DWORD len;
	int rc = 0;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return win32_err(GetLastError());
	if (!GetTokenInformation(token, TokenUser, out, sizeof(*out), &len))
		rc = win32_err(GetLastError());
	CloseHandle(token);
	return rc;
}

int
account_own(wchar_t **out)
{
	union own_user own;
	int rc = own_user(&own);

	if (rc == 0 && !ConvertSidToStringSidW(own.user.User.Sid, out))
		rc = win32_err(GetLastError());
	return rc;
}

static bool
is_of_the_system(PSID account)
{
	static const WELL_KNOWN_SID_TYPE accounts[] = { WinLocalSystemSid,
		WinBuiltinAdministratorsSid, WinLocalServiceSid,
		WinNetworkServiceSid };
	size_t i;

	for (i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		if (IsWellKnownSid(account, accounts[i]))
			return true;
	return false;
}

bool
account_is_trusted(PSID account)
{
	union own_user own;

	return is_of_the_system(account) ||
	       (own_user(&own) == 0 && EqualSid(account, own.user.User.Sid));
}

static void
account_number(PSID account, char *out, size_t size)
{
	wchar_t *text;

	snprintf(out, size, "an unknown account");
	if (!ConvertSidToStringSidW(account, &text))
		return;
	utf16_to_utf8(text, out, size);
	LocalFree(text);
}

void
account_name(PSID account, char *out, size_t size)
{
	wchar_t name[NAME_MAX_CHARS], domain[NAME_MAX_CHARS];
	wchar_t both[2 * NAME_MAX_CHARS];
	DWORD n = NAME_MAX_CHARS, m = NAME_MAX_CHARS;
	SID_NAME_USE use;

	if (!LookupAccountSidW(NULL, account, name, &n, domain, &m, &use)) {
		account_number(account, out, size);
		return;
	}
	swprintf(both, 2 * NAME_MAX_CHARS, L"%ls%ls%ls", domain,
	    domain[0] ? L"\\" : L"", name);
	if (utf16_to_utf8(both, out, size) < 0)
		account_number(account, out, size);
}
