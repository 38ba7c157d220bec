/* The program that the benchmark has supervised: as small as a program can be,
 * so that what is measured is the supervisor.
 *
 *   child stamp FILE INDEX               leave a stamp, then wait for a signal
 *   child write FILE INDEX BYTES CHUNK   the same, but first write BYTES bytes of
 *                                        numbered lines to stdout, CHUNK at a time
 *
 * A stamp is four 64-bit numbers at INDEX * 32 of FILE: the time this program
 * began, its pid, the CPU time its process had used by then (what the
 * supervisor did between fork and exec), the time the writing ended; times are
 * nanoseconds of the monotonic clock.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 100, DIGITS = 10 };

static int64_t now(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void stamp(const char *file, long index, const int64_t *values)
{
	int fd = open(file, O_WRONLY);
	if (fd < 0 || pwrite(fd, values, 32, index * 32) != 32)
		_exit(3);
	close(fd);
}

/* put writes all of the buffer. */
static void put(const char *buffer, size_t size)
{
	while (size > 0) {
		ssize_t n = write(1, buffer, size);
		if (n <= 0)
			_exit(4);
		buffer += n;
		size -= n;
	}
}

static void write_lines(long long total, size_t chunk)
{
	char *buffer = malloc(chunk), line[LINE];
	size_t used = 0;
	if (!buffer)
		_exit(5);
	memset(line, 'x', LINE);
	memset(line, '0', DIGITS);
	line[DIGITS] = ' ';
	line[LINE - 1] = '\n';
	for (long long done = 0; done < total; done += LINE) {
		size_t at = 0;
		while (at < LINE) {
			size_t n = LINE - at < chunk - used ? LINE - at : chunk - used;
			memcpy(buffer + used, line + at, n);
			at += n;
			used += n;
			if (used == chunk) {
				put(buffer, used);
				used = 0;
			}
		}
		for (int i = DIGITS - 1; ++line[i] > '9' && i > 0; i--)
			line[i] = '0';
	}
	put(buffer, used);
}

int main(int argc, char **argv)
{
	int64_t values[4] = {now(CLOCK_MONOTONIC), getpid(), now(CLOCK_PROCESS_CPUTIME_ID), 0};
	if (argc < 4)
		return 2;
	stamp(argv[2], atol(argv[3]), values);
	if (strcmp(argv[1], "write") == 0 && argc == 6) {
		write_lines(atoll(argv[4]), atol(argv[5]));
		values[3] = now(CLOCK_MONOTONIC);
		stamp(argv[2], atol(argv[3]), values);
	}
	for (;;)
		pause();
}
