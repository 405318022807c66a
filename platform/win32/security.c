/* Who may open our pipes. */
#include <stdio.h>

#include "common/err.h"
#include "platform/win32/win32.h"
/* After windows.h. */
#include <sddl.h>

static int
own_sid(wchar_t **out)
{
	union {
		TOKEN_USER user;
		uint8_t bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
	} info;
	HANDLE token;
	DWORD len;
	BOOL ok;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return win32_err(GetLastError());
	ok = GetTokenInformation(token, TokenUser, &info, sizeof(info), &len) &&
	     ConvertSidToStringSidW(info.user.User.Sid, out);
	CloseHandle(token);
	return ok ? 0 : win32_err(GetLastError());
}

int
pipe_security(PSECURITY_DESCRIPTOR *out)
{
	wchar_t text[SECURITY_MAX_SID_SIZE * 4 + 64], *sid;
	int rc = own_sid(&sid);

	if (rc < 0)
		return rc;
	swprintf(text, sizeof(text) / sizeof(text[0]) - 1,
	    L"D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;%ls)", sid);
	text[sizeof(text) / sizeof(text[0]) - 1] = L'\0';
	LocalFree(sid);
	if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(
		text, SDDL_REVISION_1, out, NULL))
		return win32_err(GetLastError());
	return 0;
}
