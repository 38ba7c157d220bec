//go:build linux

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what the processes of a peer have used and hold.
type usage struct {
	cpu      time.Duration
	switches map[int]int64 // context switches of every kind, by thread
	private  int64         // bytes that are shared with nobody
	shares   int64         // bytes, those shared divided by who shares them (Pss)
	threads  int
}

// switched counts the context switches since an earlier look.
func (u usage) switched(since usage) int64 {
	var sum int64
	for thread, n := range u.switches {
		sum += n - since.switches[thread]
	}
	return sum
}

// descendants lists the processes below one, without those for which skip holds
// and what is below them.
func descendants(pid int, skip func(pid int) bool) ([]int, error) {
	var all []int
	for next := []int{pid}; len(next) > 0; next = next[1:] {
		lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", next[0]))
		if err != nil {
			return nil, err
		}
		for _, list := range lists {
			data, err := os.ReadFile(list)
			if err != nil {
				continue // a thread has ended
			}
			for word := range strings.FieldsSeq(string(data)) {
				child, err := strconv.Atoi(word)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", list, err)
				}
				if skip == nil || !skip(child) {
					all, next = append(all, child), append(next, child)
				}
			}
		}
	}
	return all, nil
}

// family lists the processes of a peer: the one that was started, and those
// below it that are not the supervised programs.
func (l *life) family() ([]int, error) {
	below, err := descendants(l.pid(), func(pid int) bool {
		exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
		return err != nil || exe == l.child
	})
	return append(below, l.pid()), err
}

// cpu is the CPU time of a peer: of its living processes, with that of their
// threads that are gone.
func (l *life) cpu() (time.Duration, error) {
	pids, err := l.family()
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, pid := range pids {
		const schedulerTime = 2 // CPUCLOCK_SCHED: of the whole process, to the nanosecond
		used, err := clock(^pid<<3 | schedulerTime)
		if err != nil {
			continue // it has just ended
		}
		sum += time.Duration(used)
	}
	return sum, nil
}

// look measures a peer now.
func (l *life) look() (usage, error) {
	u := usage{switches: map[int]int64{}}
	var err error
	if u.cpu, err = l.cpu(); err != nil {
		return u, err
	}
	pids, err := l.family()
	if err != nil {
		return u, err
	}
	for _, pid := range pids {
		if err := u.addProcess(pid); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ESRCH) {
			return u, err
		}
	}
	return u, nil
}

func (u *usage) addProcess(pid int) error {
	rollup, err := fields(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return err
	}
	u.private += (rollup["Private_Clean"] + rollup["Private_Dirty"]) * 1024
	u.shares += rollup["Pss"] * 1024
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return err
	}
	for _, task := range tasks {
		status, err := fields(fmt.Sprintf("/proc/%d/task/%s/status", pid, task.Name()))
		if err != nil {
			continue // a thread has ended
		}
		id, err := strconv.Atoi(task.Name())
		if err != nil {
			return err
		}
		u.switches[id] = status["voluntary_ctxt_switches"] + status["nonvoluntary_ctxt_switches"]
		u.threads++
	}
	return nil
}

// fields reads a file of lines NAME: NUMBER, and passes over other lines.
func fields(path string) (map[string]int64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all := map[string]int64{}
	for line := range strings.Lines(string(data)) {
		name, rest, _ := strings.Cut(line, ":")
		if words := strings.Fields(rest); len(words) > 0 {
			if n, err := strconv.ParseInt(words[0], 10, 64); err == nil {
				all[name] = n
			}
		}
	}
	return all, nil
}

// isZombie says whether a process is gone, but for being reaped.
func isZombie(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, state, _ := strings.Cut(string(data), ") ")
	return strings.HasPrefix(state, "Z") || strings.HasPrefix(state, "X")
}
