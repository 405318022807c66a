/* Decides who may open our pipes, and whose pipes we speak to. */
#include <stdio.h>

#include "common/err.h"
#include "platform/win32/win32.h"
/* After windows.h. */
#include <aclapi.h>
#include <sddl.h>

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

static int
own_sid(wchar_t **out)
{
	union own_user own;
	int rc = own_user(&own);

	if (rc == 0 && !ConvertSidToStringSidW(own.user.User.Sid, out))
		rc = win32_err(GetLastError());
	return rc;
}

int
pipe_security(PSECURITY_DESCRIPTOR *out)
{
	wchar_t text[SECURITY_MAX_SID_SIZE * 8 + 64], *sid;
	int rc = own_sid(&sid);

	if (rc < 0)
		return rc;
	swprintf(text, sizeof(text) / sizeof(text[0]) - 1,
	    L"O:%lsD:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;%ls)", sid, sid);
	text[sizeof(text) / sizeof(text[0]) - 1] = L'\0';
	LocalFree(sid);
	if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(
		text, SDDL_REVISION_1, out, NULL))
		return win32_err(GetLastError());
	return 0;
}

/* Accounts that nobody can log in as, and administrators. */
static bool
is_of_the_system(PSID owner)
{
	static const WELL_KNOWN_SID_TYPE accounts[] = { WinLocalSystemSid,
		WinBuiltinAdministratorsSid, WinLocalServiceSid,
		WinNetworkServiceSid };
	size_t i;

	for (i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		if (IsWellKnownSid(owner, accounts[i]))
			return true;
	return false;
}

int
pipe_check_owner(HANDLE pipe)
{
	PSECURITY_DESCRIPTOR security;
	union own_user own;
	PSID owner;
	DWORD error = GetSecurityInfo(pipe, SE_KERNEL_OBJECT,
	    OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL, &security);
	int rc;

	if (error != ERROR_SUCCESS)
		return win32_err(error);
	rc = own_user(&own);
	if (rc == 0 && !is_of_the_system(owner) &&
	    !EqualSid(owner, own.user.User.Sid))
		rc = ERR_UNTRUSTED;
	LocalFree(security);
	return rc;
}
