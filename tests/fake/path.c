#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "daemon/file_reader.h"
#include "platform/admission.h"
#include "platform/runtime_dir.h"
#include "tests/fake/world.h"

#define SOCKET_MAX 107

static int runtime_dir_err;

void
path_begin(void)
{
	runtime_dir_err = 0;
}

bool
fake_reads_file(struct process *p)
{
	const char *const *argv = proc_argv(p);
	const struct fake_file *f;

	if (argv[1] == NULL || strcmp(argv[1], FILE_READER_OPTION) != 0)
		return false;
	f = files_find(argv[2]);
	if (f && f->hangs)
		return true;
	if (f && f->text)
		peer_puts(proc_out(p), f->text);
	else
		peer_puts(proc_err(p), "no such file\n");
	proc_exit(p, f && f->text ? (f->open ? 2 : 0) : 3);
	return true;
}

void
fake_refuse_runtime_dir(int err)
{
	runtime_dir_err = err;
}

/* ---- platform.h ------------------------------------------------------- */

int
runtime_dir_open(const char *configured, struct runtime_dir *out)
{
	*out = (struct runtime_dir){ 0 };
	snprintf(out->path, sizeof(out->path), "%s",
	    configured && configured[0] ? configured : "/fake");
	return runtime_dir_err;
}

int
admission_check(const char *group, unsigned mode)
{
	(void)group;
	(void)mode;
	return 0;
}

int
admission_set(const char *group, unsigned mode, const struct runtime_dir *dir)
{
	(void)group;
	(void)mode;
	(void)dir;
	return 0;
}

int
path_socket(const char *dir, const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s/%s.sock", dir, name);
	return path_check_socket(out);
}

int
path_check_socket(const char *path)
{
	return strlen(path) > path_socket_max() ? ERR_TOO_LONG : 0;
}

size_t
path_socket_max(void)
{
	return SOCKET_MAX;
}

int
path_libexec(char *out, size_t size)
{
	snprintf(out, size, "/fake/libexec");
	return 0;
}

const char *
path_config_file(void)
{
	return "/fake/ttsd.conf";
}

/* Every folder is there, and can be read unless a test said otherwise. */
int
path_check_folder(const char *path)
{
	const struct fake_file *f = files_find(path);

	return f ? f->err : 0;
}

bool
path_is_private(const char *path)
{
	const struct fake_file *f = files_find(path);

	return f == NULL || !f->open;
}

int
path_read(const char *path, struct buf *out)
{
	const struct fake_file *f = files_find(path);
	int rc = ERR_NOT_FOUND;

	if (f && f->text)
		rc = buf_puts(out, f->text);
	return rc == ERR_FULL ? ERR_TOO_LONG : rc;
}

int
path_read_waiting(const char *path, struct buf *out)
{
	return path_read(path, out);
}

int
path_self(char *out, size_t size)
{
	snprintf(out, size, "/fake/self");
	return 0;
}
