#include "platform/posix/error.h"

#include <errno.h>

#include "common/err.h"

int
posix_err(int number)
{
	switch (number) {
	case ENOMEM:
	case ENOBUFS:
		return ERR_NOMEM;
	case EINVAL:
		return ERR_INVALID;
	case ENAMETOOLONG:
	case E2BIG:
		return ERR_TOO_LONG;
	case EAGAIN:
		return ERR_AGAIN;
	case EPIPE:
	case ECONNRESET:
		return ERR_CLOSED;
	case ECONNREFUSED:
		return ERR_REFUSED;
	case EADDRINUSE:
	case EEXIST:
		return ERR_IN_USE;
	case ENOENT:
		return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
		return ERR_DENIED;
	case ENOTDIR:
		return ERR_NOT_DIR;
	case EROFS:
		return ERR_READ_ONLY;
	case ENOSPC:
	case EDQUOT:
		return ERR_NO_SPACE;
	case EMFILE:
	case ENFILE:
		return ERR_NO_FILES;
	case ENOEXEC:
#ifdef ELIBBAD
	case ELIBBAD:
#endif
		return ERR_NOT_PROGRAM;
	case ETIMEDOUT:
		return ERR_TIMEOUT;
	default:
		return ERR_IO;
	}
}
