//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what the processes of a daemon have used and hold.
type usage struct {
	cpu      time.Duration
	switches int64 // voluntary context switches
	private  int64 // bytes that are shared with nobody
	threads  int
}

// family lists the processes of a daemon: the one that was started and those
// below it that run the same program file.
func family(pid int) ([]int, error) {
	own, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return nil, err
	}
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", all[i]))
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
				if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", child)); err == nil && exe == own {
					all = append(all, child)
				}
			}
		}
	}
	return all, nil
}

// look measures a daemon now.
func look(pid int) (usage, error) {
	var u usage
	pids, err := family(pid)
	if err != nil {
		return u, err
	}
	for _, pid := range pids {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
		if err != nil {
			return u, err
		}
		for _, task := range tasks {
			cpu, err := firstNumber(filepath.Join(task, "schedstat"))
			if err != nil {
				return u, err
			}
			u.cpu += time.Duration(cpu)
			switches, err := field(filepath.Join(task, "status"), "voluntary_ctxt_switches:")
			if err != nil {
				return u, err
			}
			u.switches += switches
			u.threads++
		}
		for _, name := range []string{"Private_Clean:", "Private_Dirty:"} {
			kib, err := field(fmt.Sprintf("/proc/%d/smaps_rollup", pid), name)
			if err != nil {
				return u, err
			}
			u.private += kib * 1024
		}
	}
	return u, nil
}

func firstNumber(path string) (int64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	word, _, _ := strings.Cut(string(data), " ")
	return strconv.ParseInt(word, 10, 64)
}

// field finds the number behind a name in a file of lines.
func field(path, name string) (int64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == name {
			return strconv.ParseInt(words[1], 10, 64)
		}
	}
	return 0, fmt.Errorf("%s has no line %q", path, name)
}

// sweep kills what carries the mark in its environment until nothing is left.
func sweep(mark string) {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	for {
		pids := marked(mark)
		if len(pids) == 0 {
			return
		}
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL) // gone is as good
		}
		select {
		case <-ticker.C:
		case <-late.C:
			return
		}
	}
}

// marked lists the processes that carry the mark.
func marked(mark string) []int {
	paths, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil
	}
	var pids []int
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(append(data, 0), append([]byte(mark), 0)) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}
