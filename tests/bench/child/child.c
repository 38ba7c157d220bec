/* The program that the benchmark has supervised: as small as a program can be,
 * so that what is measured is the supervisor.
 *
 *   child stamp FILE INDEX               leave a stamp, then wait for a signal
 *   child crash FILE INDEX               leave a stamp, then exit with code 1
 *   child write FILE INDEX BYTES CHUNK   leave a stamp, wait for the gate, write
 *                                        BYTES bytes of numbered lines to stdout,
 *                                        CHUNK at a time, stamp the end, wait
 *
 * A stamp is five 64-bit numbers at INDEX * 40 of FILE: the time this program
 * began, its pid, the CPU time its process had used by then (what the
 * supervisor did between fork and exec), the time the writing ended, how often
 * the program has begun; times are nanoseconds of the monotonic clock.
 *
 * The gate is the FIFO FILE.gate: it is open as soon as somebody opens it for
 * writing, so that all writers begin at once.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 100, DIGITS = 10, BEGAN = 0, PID, BEFORE, ENDED, STARTS, FIELDS };

static int64_t now(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* stamp counts the start and leaves the values. */
static void stamp(const char *file, long index, int64_t *values)
{
	off_t at = index * FIELDS * sizeof *values;
	int fd = open(file, O_RDWR);
	if (fd < 0 || pread(fd, &values[STARTS], sizeof *values, at + STARTS * sizeof *values) < 0)
		_exit(3);
	values[STARTS]++;
	if (pwrite(fd, values, FIELDS * sizeof *values, at) < 0)
		_exit(3);
	close(fd);
}

/* stamp_end leaves the time of the end. */
static void stamp_end(const char *file, long index)
{
	int64_t ended = now(CLOCK_MONOTONIC);
	int fd = open(file, O_WRONLY);
	if (fd < 0 || pwrite(fd, &ended, sizeof ended, (index * FIELDS + ENDED) * sizeof ended) < 0)
		_exit(3);
	close(fd);
}

static void pass_gate(const char *file)
{
	char gate[PATH_MAX];
	snprintf(gate, sizeof gate, "%s.gate", file);
	int fd = open(gate, O_RDONLY);
	if (fd < 0)
		_exit(6);
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
	int64_t values[FIELDS] = {now(CLOCK_MONOTONIC), getpid(), now(CLOCK_PROCESS_CPUTIME_ID), 0, 0};
	if (argc < 4)
		return 2;
	stamp(argv[2], atol(argv[3]), values);
	if (strcmp(argv[1], "crash") == 0)
		return 1;
	if (strcmp(argv[1], "write") == 0 && argc == 6) {
		pass_gate(argv[2]);
		write_lines(atoll(argv[4]), atol(argv[5]));
		stamp_end(argv[2], atol(argv[3]));
	}
	for (;;)
		pause();
}
