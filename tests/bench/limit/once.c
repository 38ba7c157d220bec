/* Runs a command once and tells what it cost.
 *
 *   once COMMAND ARG...
 *
 * Prints on descriptor 3: nanoseconds from before the fork to the end, peak
 * resident KiB, the wait status. The memory of a process counts from the one
 * that it was forked from: this program is small, so that it does not show.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	if (argc < 2)
		return 2;
	int64_t began = now();
	pid_t pid = fork();
	if (pid == 0) {
		close(3);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return 3;
	int64_t took = now() - began;
	dprintf(3, "%lld %ld %d\n", (long long)took, usage.ru_maxrss, status);
	return 0;
}
