/* Decides who may open what we make, and whose pipes we speak to. */
#include <stdio.h>

#include "common/err.h"
#include "platform/win32/account.h"
#include "platform/win32/win32.h"
/* After windows.h. */
#include <aclapi.h>
#include <sddl.h>

/* `inherited`: the flags of what is made within. */
static int
private_security(const wchar_t *inherited, PSECURITY_DESCRIPTOR *out)
{
	wchar_t text[SECURITY_MAX_SID_SIZE * 8 + 80], *sid;
	int rc = account_own(&sid);

	if (rc < 0)
		return rc;
	swprintf(text, sizeof(text) / sizeof(text[0]) - 1,
	    L"O:%lsD:P(A;%ls;GA;;;SY)(A;%ls;GA;;;BA)(A;%ls;GA;;;%ls)", sid,
	    inherited, inherited, inherited, sid);
	text[sizeof(text) / sizeof(text[0]) - 1] = L'\0';
	LocalFree(sid);
	if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(
		text, SDDL_REVISION_1, out, NULL))
		return win32_err(GetLastError());
	return 0;
}

int
pipe_security(PSECURITY_DESCRIPTOR *out)
{
	return private_security(L"", out);
}

int
folder_security(PSECURITY_DESCRIPTOR *out)
{
	return private_security(L"OICI", out);
}

int
pipe_check_owner(HANDLE pipe)
{
	PSECURITY_DESCRIPTOR security;
	PSID owner;
	DWORD error = GetSecurityInfo(pipe, SE_KERNEL_OBJECT,
	    OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL, &security);
	int rc;

	if (error != ERROR_SUCCESS)
		return win32_err(error);
	rc = account_is_trusted(owner) ? 0 : ERR_UNTRUSTED;
	LocalFree(security);
	return rc;
}
