/*
 * seccomp: which calls of the kernel a process may still make. What is named
 * here is refused, and the rest allowed: a list of what is allowed would have
 * to know each libc, architecture and library to come, and where it does not,
 * a voice falls silent (docs/ARCHITECTURE.md).
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "platform/posix/linux/sandbox_walls.h"

/* A call that this system does not have has a negative number, and no rule. */
static const int refused[] = {
	/* other programs */
	SCMP_SYS(execve), SCMP_SYS(execveat),
	/* the network, and sockets of this machine */
	SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen),
	SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(io_uring_setup),
	/* other processes */
	SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(rt_sigqueueinfo),
	SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(pidfd_open),
	SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal), SCMP_SYS(kcmp),
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
	SCMP_SYS(process_madvise),
	/* memory that is run, made of what was written */
	SCMP_SYS(memfd_create), SCMP_SYS(userfaultfd),
	/* folders and files */
	SCMP_SYS(creat), SCMP_SYS(truncate), SCMP_SYS(truncate64),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename),
	SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(link), SCMP_SYS(linkat),
	SCMP_SYS(symlink), SCMP_SYS(symlinkat), SCMP_SYS(mknod),
	SCMP_SYS(mknodat), SCMP_SYS(chmod), SCMP_SYS(fchmod),
	SCMP_SYS(fchmodat), SCMP_SYS(chown), SCMP_SYS(fchown), SCMP_SYS(lchown),
	SCMP_SYS(fchownat), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr),
	SCMP_SYS(fsetxattr), SCMP_SYS(removexattr), SCMP_SYS(lremovexattr),
	SCMP_SYS(fremovexattr), SCMP_SYS(utime), SCMP_SYS(utimes),
	SCMP_SYS(utimensat), SCMP_SYS(futimesat), SCMP_SYS(open_by_handle_at),
	/* the machine */
	SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(move_mount),
	SCMP_SYS(open_tree), SCMP_SYS(fsopen), SCMP_SYS(fsmount),
	SCMP_SYS(fsconfig), SCMP_SYS(fspick), SCMP_SYS(pivot_root),
	SCMP_SYS(chroot), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open), SCMP_SYS(keyctl), SCMP_SYS(add_key),
	SCMP_SYS(request_key), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(delete_module), SCMP_SYS(kexec_load), SCMP_SYS(reboot),
	SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(quotactl),
	SCMP_SYS(syslog), SCMP_SYS(personality), SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime), SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime),
	SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid),
	SCMP_SYS(setregid), SCMP_SYS(setresuid), SCMP_SYS(setresgid),
	SCMP_SYS(setgroups), SCMP_SYS(capset)
};

/* Calls whose argument is refused where these bits of it are such. */
static const struct {
	int call;
	unsigned argument;
	uint64_t mask, bits;
} refused_where[] = {
	{ SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC },
	{ SCMP_SYS(mmap2), 2, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, PROT_EXEC },
	{ SCMP_SYS(pkey_mprotect), 2, PROT_EXEC, PROT_EXEC },
	{ SCMP_SYS(open), 1, O_ACCMODE, O_WRONLY },
	{ SCMP_SYS(open), 1, O_ACCMODE, O_RDWR },
	{ SCMP_SYS(open), 1, O_CREAT, O_CREAT },
	{ SCMP_SYS(openat), 2, O_ACCMODE, O_WRONLY },
	{ SCMP_SYS(openat), 2, O_ACCMODE, O_RDWR },
	{ SCMP_SYS(openat), 2, O_CREAT, O_CREAT },
};

/* The arguments of these lie in memory, where no filter can look: who is told
 * that there is no such call takes the older one. */
static const int unknown[] = { SCMP_SYS(clone3), SCMP_SYS(openat2) };

/* The sanitizer does, at the end, by a copy that traces. */
#ifdef __SANITIZE_ADDRESS__
#define LOOKS_FOR_LEAKS true
#else
#define LOOKS_FOR_LEAKS false
#endif

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int
forbid(scmp_filter_ctx filter, int call)
{
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
}

static int
forbid_where(scmp_filter_ctx filter, int call, unsigned argument, uint64_t mask,
    uint64_t bits)
{
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 1,
	    SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, mask, bits));
}

/* A copy of the process, but no thread. */
static void
forbid_copies(scmp_filter_ctx filter)
{
	forbid(filter, SCMP_SYS(fork));
	forbid(filter, SCMP_SYS(vfork));
	/* The flags of clone() are its first argument everywhere but on s390,
	 * where libseccomp does not turn them round. */
#ifdef __s390__
	forbid_where(filter, SCMP_SYS(clone), 1, CLONE_THREAD, 0);
#else
	forbid_where(filter, SCMP_SYS(clone), 0, CLONE_THREAD, 0);
#endif
}

/* A rule that this kernel or library does not know is left out: the others
 * hold. */
static void
fill(scmp_filter_ctx filter, const struct sandbox *s)
{
	size_t i;

	/* Another architecture's calls go by other numbers. */
	seccomp_attr_set(
	    filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM));
	for (i = 0; i < COUNT(refused); i++)
		forbid(filter, refused[i]);
	for (i = 0; i < COUNT(refused_where); i++)
		forbid_where(filter, refused_where[i].call,
		    refused_where[i].argument, refused_where[i].mask,
		    refused_where[i].bits);
	for (i = 0; i < COUNT(unknown); i++)
		seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), unknown[i], 0);
	if (!LOOKS_FOR_LEAKS)
		forbid(filter, SCMP_SYS(ptrace));
	if (!LOOKS_FOR_LEAKS && !s->may_copy)
		forbid_copies(filter);
}

bool
sandbox_close_calls(const struct sandbox *s)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool is_closed;

	if (filter == NULL)
		return false;
	fill(filter, s);
	is_closed = seccomp_load(filter) == 0;
	seccomp_release(filter);
	return is_closed;
}
