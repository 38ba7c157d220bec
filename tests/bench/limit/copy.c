/* The limit of a log: splice(2) from the pipe to the file, and a rename when the
 * file is full. Lines are not looked at: a rotation may cut one. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "limit.h"

enum { FULL = 65536, LARGE = 1 << 20 };

void log_open(struct log *l)
{
	if (!l->path)
		return;
	l->file = open(l->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (l->file < 0)
		fail(l->path);
	l->size = 0;
}

/* rotate: PATH.1 is the newest of the old files. */
static void rotate(struct log *l)
{
	char from[PATH_MAX], to[PATH_MAX];
	close(l->file);
	for (int i = l->backups; i > 0; i--) {
		if (i > 1)
			snprintf(from, sizeof from, "%s.%d", l->path, i - 1);
		else
			snprintf(from, sizeof from, "%s", l->path);
		snprintf(to, sizeof to, "%s.%d", l->path, i);
		if (rename(from, to) < 0 && errno != ENOENT)
			fail(to);
	}
	log_open(l);
}

int log_copy(struct log *l)
{
	size_t most = LARGE;
	if (l->max && l->max - l->size < (long long)most)
		most = l->max - l->size;
	ssize_t n = splice(l->pipe, NULL, l->file, NULL, most, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (n < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return 1;
		fail("splice");
	}
	/* A busy pipe is made larger; beyond the user's share of such pipes it
	 * stays as it is. */
	if (n >= FULL && !l->grown) {
		(void)fcntl(l->pipe, F_SETPIPE_SZ, LARGE);
		l->grown = 1;
	}
	l->size += n;
	if (l->max && l->size >= l->max)
		rotate(l);
	return n > 0;
}
