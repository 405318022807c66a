#include "ttsctl/doctor/checks/checks.h"

const struct check doctor_checks[] = {
#define X(function, name) { name, check_##function },
	CHECKS(X)
#undef X
	    { NULL },
};
