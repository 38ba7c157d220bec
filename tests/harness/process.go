package harness

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
)

// Process is a line of the process table.
type Process struct {
	Pid, Parent, Group, Session int
	State                       byte // R, S, D, Z, T as in ps
	Threads                     int
	Command                     string // its arguments, or its name in brackets if it has none
}

// Dead reports whether nothing is left but the entry in the table. The first
// thread of a process may be a zombie while others still run down, and hold the
// files.
func (p Process) Dead() bool { return p.State == 'Z' && p.Threads <= 1 }

func (p Process) String() string {
	return fmt.Sprintf("%d (parent %d, group %d, session %d, %c) %s",
		p.Pid, p.Parent, p.Group, p.Session, p.State, p.Command)
}

// Processes is the process table of the machine, zombies included, in the order
// of pids.
func Processes() ([]Process, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		return nil, errors.New("there is no /proc")
	}
	var table []Process
	for _, dir := range dirs {
		// One that is gone by now is none.
		if p, err := readProcess(dir); err == nil {
			table = append(table, p)
		}
	}
	sort.Slice(table, func(i, j int) bool { return table[i].Pid < table[j].Pid })
	return table, nil
}

// Lookup is the process with a pid; not ok if there is none, or only its zombie.
func Lookup(pid int) (p Process, ok bool) {
	p, err := readProcess(fmt.Sprintf("/proc/%d", pid))
	return p, err == nil && !p.Dead()
}

// Alive reports whether a process runs. A zombie does not.
func Alive(pid int) bool {
	_, ok := Lookup(pid)
	return ok
}

// Gone is nil if none of the processes runs: a condition for Await.
func Gone(pids ...int) error {
	for _, pid := range pids {
		if p, ok := Lookup(pid); ok {
			return fmt.Errorf("%v runs", p)
		}
	}
	return nil
}

// Descendants are the children of a process, their children and so on.
func Descendants(pid int) ([]Process, error) {
	table, err := Processes()
	if err != nil {
		return nil, err
	}
	family := map[int]bool{pid: true}
	var found []Process
	// A parent may have a higher pid than its child, once pids have wrapped.
	for grown := true; grown; {
		grown = false
		for _, p := range table {
			if family[p.Parent] && !family[p.Pid] && !p.Dead() {
				family[p.Pid], grown = true, true
				found = append(found, p)
			}
		}
	}
	return found, nil
}

// GroupMembers are the processes of a process group, without zombies.
func GroupMembers(group int) ([]Process, error) {
	table, err := Processes()
	if err != nil {
		return nil, err
	}
	var found []Process
	for _, p := range table {
		if p.Group == group && !p.Dead() {
			found = append(found, p)
		}
	}
	return found, nil
}

// Kill sends a signal to a process that is known to run.
func Kill(pid int, sig syscall.Signal) error {
	if pid <= 1 {
		return fmt.Errorf("refusing to signal pid %d", pid)
	}
	return syscall.Kill(pid, sig)
}

func readProcess(dir string) (Process, error) {
	stat, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return Process{}, err
	}
	// The name stands in brackets and may itself hold any of them.
	open, end := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if open < 0 || end < open {
		return Process{}, fmt.Errorf("%s/stat is not understood: %q", dir, stat)
	}
	fields := strings.Fields(string(stat[end+1:]))
	if len(fields) < 18 {
		return Process{}, fmt.Errorf("%s/stat is not understood: %q", dir, stat)
	}
	var p Process
	p.State = fields[0][0]
	for i, into := range map[int]*int{1: &p.Parent, 2: &p.Group, 3: &p.Session, 17: &p.Threads} {
		if *into, err = strconv.Atoi(fields[i]); err != nil {
			return Process{}, err
		}
	}
	if p.Pid, err = strconv.Atoi(filepath.Base(dir)); err != nil {
		return Process{}, err
	}
	p.Command = "[" + string(stat[open+1:end]) + "]"
	if line, err := os.ReadFile(dir + "/cmdline"); err == nil && len(line) > 0 {
		p.Command = strings.TrimSpace(strings.ReplaceAll(string(line), "\x00", " "))
	}
	return p, nil
}

// marked finds the living processes that inherited an environment variable or
// belong to one of the sessions. Either alone misses some: nginx writes its
// title over its environment, and a daemon makes a session of its own.
func marked(mark string, sessions map[int]bool) ([]Process, error) {
	table, err := Processes()
	if err != nil {
		return nil, err
	}
	var found []Process
	for _, p := range table {
		if p.Dead() {
			continue
		}
		environ, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.Pid))
		if sessions[p.Session] || bytes.Contains(environ, []byte(mark)) {
			found = append(found, p)
		}
	}
	return found, nil
}
