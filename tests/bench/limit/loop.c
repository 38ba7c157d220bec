/* The limit of supervision: a loop that forks, executes, waits and copies, and
 * nothing else: no states, no checks, no interface. What a supervisor costs
 * beside it is what it does for its users.
 *
 *   limit PLAN
 *
 * PLAN has a line for each program: its log ("-": none), the size at which the
 * log is rotated (0: never), the number of old logs, whether it is started again
 * when it ends (0 or 1), and its command, with single spaces in between.
 *
 * SIGTERM is passed on to the programs; the loop ends after the last of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "limit.h"

enum { ARGS = 16, EVENTS = 256 };

struct program {
	struct log log;
	int restart;
	pid_t pid; /* 0: does not run */
	char *args[ARGS];
};

static struct program *programs;
static int count, running, ending, poller, null;

void fail(const char *what)
{
	fprintf(stderr, "limit: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* read_line takes a line of the plan to pieces. */
static void read_line(struct program *p, char *line)
{
	char *fields[ARGS + 4] = {0};
	int n = 0;
	for (char *word = strtok(line, " \n"); word && n < ARGS + 3; word = strtok(NULL, " \n"))
		fields[n++] = strdup(word);
	if (n < 5) {
		errno = EINVAL;
		fail("a line of the plan");
	}
	memset(p, 0, sizeof *p);
	p->log.path = strcmp(fields[0], "-") ? fields[0] : NULL;
	p->log.max = atoll(fields[1]);
	p->log.backups = atoi(fields[2]);
	p->log.pipe = -1;
	p->restart = atoi(fields[3]);
	memcpy(p->args, fields + 4, (n - 4) * sizeof *fields);
}

static void read_plan(const char *path)
{
	char *line = NULL;
	size_t room = 0;
	int most = 0;
	FILE *plan = fopen(path, "re");
	if (!plan)
		fail(path);
	while (getline(&line, &room, plan) > 0) {
		if (count == most) {
			most = most ? 2 * most : 64;
			programs = realloc(programs, most * sizeof *programs);
			if (!programs)
				fail("memory");
		}
		read_line(&programs[count++], line);
	}
	fclose(plan);
	free(line);
}

/* child is what the new process does until it is the program. */
static void child(struct program *p, int out)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	execv(p->args[0], p->args);
	_exit(127);
}

/* start makes the pipe and the process. */
static void start(struct program *p)
{
	int ends[2] = {-1, null};
	if (p->log.path) {
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = p};
		if (pipe2(ends, O_CLOEXEC) < 0)
			fail("pipe");
		p->log.pipe = ends[0];
		p->log.grown = 0;
		if (epoll_ctl(poller, EPOLL_CTL_ADD, ends[0], &event) < 0)
			fail("epoll");
	}
	p->pid = fork();
	if (p->pid < 0)
		fail("fork");
	if (p->pid == 0)
		child(p, ends[1]);
	running++;
	if (p->log.path)
		close(ends[1]);
}

/* finish moves what the pipe still holds: nobody writes to it any more. */
static void finish(struct log *l)
{
	while (l->pipe >= 0 && log_copy(l))
		;
	if (l->pipe >= 0)
		close(l->pipe);
	l->pipe = -1;
}

/* reap collects all that have died. */
static void reap(void)
{
	pid_t pid;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		struct program *p = programs;
		while (p < programs + count && p->pid != pid)
			p++;
		if (p == programs + count)
			continue;
		p->pid = 0;
		running--;
		finish(&p->log);
		if (p->restart && !ending)
			start(p);
	}
}

static void end(void)
{
	ending = 1;
	for (int i = 0; i < count; i++)
		if (programs[i].pid)
			kill(programs[i].pid, SIGTERM);
}

static void take_signals(int signals)
{
	struct signalfd_siginfo info;
	while (read(signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGCHLD)
			reap();
		else
			end();
	}
}

int main(int argc, char **argv)
{
	struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data.ptr = NULL};
	sigset_t mask;
	if (argc != 2) {
		fprintf(stderr, "usage: limit PLAN\n");
		return 2;
	}
	read_plan(argv[1]);
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	int signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	poller = epoll_create1(EPOLL_CLOEXEC);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (signals < 0 || poller < 0 || null < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, signals, &event) < 0)
		fail("begin");
	for (int i = 0; i < count; i++) {
		log_open(&programs[i].log);
		start(&programs[i]);
	}
	while (!ending || running > 0) {
		int n = epoll_wait(poller, events, EVENTS, -1);
		for (int i = 0; i < n; i++) {
			struct program *p = events[i].data.ptr;
			if (!p)
				take_signals(signals);
			else if (p->log.pipe >= 0 && !log_copy(&p->log))
				finish(&p->log);
		}
	}
	return 0;
}
