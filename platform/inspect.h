/*
 * How this machine, its files and its processes are, for who explains it to a
 * person and may wait. inspect.c in each system's folder. What a system does
 * not tell is ERR_UNSUPPORTED.
 */
#ifndef PLATFORM_INSPECT_H
#define PLATFORM_INSPECT_H

#include "platform/platform.h"

struct inspected_file {
	char user[64]; /* whose it is: a name, or a number as text */
	int64_t uid;
	unsigned mode;   /* 0640 */
	bool all_read;   /* any user of this machine may read it */
	bool all_write;  /* or write it */
	bool group_read; /* those of its group may */
	bool group_write;
	bool is_ours; /* it belongs to who runs this program */
};

/* ERR_NOT_FOUND, ERR_DENIED and the like; links are followed. */
int inspect_file(const char *path, struct inspected_file *out);

/* The name of a user, or the number where there is none. */
void inspect_user(int64_t uid, char *out, size_t size);
/* Who runs this program; -1 where users have no numbers. */
int64_t inspect_own_uid(void);

struct inspected_disk {
	uint64_t free_bytes; /* for users that are not root */
	uint64_t bytes;
};

/* Of the file system on which the path lies, or will: of the nearest folder
 * above that is there. */
int inspect_disk(const char *path, struct inspected_disk *out);

/* Is the system's clock kept right by somebody, such as an NTP client? */
int inspect_clock(bool *synchronised);

struct inspected_process {
	int64_t files_max; /* descriptors that it may have; -1: not told */
	int64_t files;     /* and has; -1: not told to us */
	int64_t slice_ns;  /* its time slice (clock_be_punctual()); 0: what
			      everybody has; -1: not told */
	char program[PLATFORM_PATH_MAX]; /* that it runs; "": not told to us */
	bool replaced; /* its file is not there any more: another took its
			  place */
};

/* ERR_NOT_FOUND where there is no such process. */
int inspect_process(int64_t pid, struct inspected_process *out);

/* Does this system grant a process a time slice of its own? */
bool inspect_slices(void);

#endif
