#include "platform/win32/trust.h"

#include <stdio.h>

#include "common/err.h"
#include "platform/win32/account.h"
#include "platform/win32/utf16.h"
/* After windows.h. */
#include <aclapi.h>

/* Of a folder: to put something in, to take something out. */
#define WRITING                                                            \
	(FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | DELETE | \
	    WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL)

/* What a folder grants to whoever makes something in it, and what it grants to
 * its owner, goes to one who is trusted already. */
static bool
is_the_owner(PSID account)
{
	return IsWellKnownSid(account, WinCreatorOwnerSid) ||
	       IsWellKnownSid(account, WinCreatorOwnerRightsSid);
}

static bool
grants_writing(const ACCESS_ALLOWED_ACE *ace)
{
	return (ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE ||
		   ace->Header.AceType == ACCESS_ALLOWED_CALLBACK_ACE_TYPE) &&
	       (ace->Mask & WRITING) != 0;
}

/* Returns whoever may write there and is not trusted, or NULL. */
static PSID
find_stranger(PACL list)
{
	void *entry;
	DWORD i;

	for (i = 0; i < list->AceCount && GetAce(list, i, &entry); i++) {
		PSID account = &((ACCESS_ALLOWED_ACE *)entry)->SidStart;

		if (grants_writing(entry) && !is_the_owner(account) &&
		    !account_is_trusted(account))
			return account;
	}
	return NULL;
}

static int
distrust(const char *what, PSID account, char *fault, size_t size)
{
	char name[96];

	account_name(account, name, sizeof(name));
	snprintf(fault, size, "%s %s", what, name);
	return ERR_UNTRUSTED;
}

/* Without a list of who may do what, everybody may do everything. */
static int
trust_judge(PSID owner, PACL list, char *fault, size_t size)
{
	PSID stranger;

	if (!account_is_trusted(owner))
		return distrust("belongs to", owner, fault, size);
	if (list == NULL) {
		snprintf(fault, size, "can be written by everybody");
		return ERR_UNTRUSTED;
	}
	stranger = find_stranger(list);
	return stranger ? distrust("can be written by", stranger, fault, size)
			: 0;
}

int
trust_check(const wchar_t *path, char *fault, size_t size)
{
	PSECURITY_DESCRIPTOR security;
	PSID owner;
	PACL list;
	DWORD error = GetNamedSecurityInfoW((wchar_t *)path, SE_FILE_OBJECT,
	    OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
	    NULL, &list, NULL, &security);
	int rc;

	if (error != ERROR_SUCCESS)
		return win32_err(error);
	rc = trust_judge(owner, list, fault, size);
	LocalFree(security);
	return rc;
}
