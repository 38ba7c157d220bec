package compat

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// marked lists the processes whose environment holds entry ("NAME=value").
// Zombies have no environment and are not listed.
func marked(entry string) []int {
	paths, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil
	}
	var pids []int
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // gone, or another user's
		}
		for _, e := range bytes.Split(data, []byte{0}) {
			if string(e) != entry {
				continue
			}
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if err == nil && pid != os.Getpid() {
				pids = append(pids, pid)
			}
			break
		}
	}
	return pids
}

// sweep kills every process marked with entry until none is left, and returns
// the command lines of those it met.
func sweep(entry string, limit time.Duration) []string {
	var met []string
	seen := map[int]bool{}
	end := time.Now().Add(limit)
	for {
		pids := marked(entry)
		if len(pids) == 0 || time.Now().After(end) {
			return met
		}
		for _, pid := range pids {
			if !seen[pid] {
				seen[pid] = true
				line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
				met = append(met, fmt.Sprintf("%d %s", pid, bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
			}
			// A process that has ended meanwhile is what we want.
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		pause()
	}
}

// startJanitor starts a process that waits for the end of this one, however it
// comes, and then kills what is left of the run. The returned function ends it.
func startJanitor() (stop func(), err error) {
	cmd := exec.Command(build.child, childArgument, "janitor", runVariable+"="+build.run, build.scratch)
	// A group of its own: an interrupt at the terminal is not for it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the janitor: %w", err)
	}
	return func() {
		in.Close()
		_ = cmd.Wait() // it has nothing to report
	}, nil
}

// janitor is the helper program behind startJanitor.
func janitor(entry, scratch string) int {
	// The end of the pipe is all that is waited for.
	_, _ = io.Copy(io.Discard, os.Stdin)
	sweep(entry, 10*time.Second)
	if err := os.RemoveAll(scratch); err != nil {
		return 1
	}
	return 0
}
