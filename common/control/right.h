/*
 * What an operation is, to whoever lets others ask for it: a control socket is
 * for one user, who may do all; the gateway's tokens may do some.
 */
#ifndef COMMON_CONTROL_RIGHT_H
#define COMMON_CONTROL_RIGHT_H

#include <stddef.h>
#include <stdint.h>

#define RIGHTS(X)                                                              \
	X(NONE, "none")       /* nothing is told or done */                    \
	X(READ, "read")       /* tells what is, was and will be said */        \
	X(SAY, "say")         /* says, takes back what was said, and shows */  \
	X(URGENT, "urgent")   /* takes what others say off the air */          \
	X(CONTROL, "control") /* changes what a channel does with all of it */ \
	X(OUTPUTS, "outputs") /* starts and stops what is configured */        \
	X(ADMIN, "admin")     /* changes the configuration, runs programs */

enum right {
#define X(name, text) RIGHT_##name,
	RIGHTS(X)
#undef X
	    RIGHT_COUNT
};

/* In a set of them. */
#define RIGHT_BIT(r) (UINT32_C(1) << (r))

const char *right_name(enum right r);
/* Reads a name. RIGHT_COUNT where there is none such. */
enum right right_find(const char *name, size_t len);

#endif
