package daemon

import (
	"fmt"
	"os"
	"strings"
)

// pidfile is the file that names our pid. One that is there already is
// overwritten, as by Supervisor: whether another supervisord is alive is
// decided by the sockets.
type pidfile struct{ path string }

// writePidfile writes our pid.
func writePidfile(path string) (*pidfile, error) {
	if err := os.WriteFile(path, []byte(fmt.Sprintln(os.Getpid())), 0o666); err != nil {
		return nil, err
	}
	return &pidfile{path}, nil
}

// remove deletes the file, unless it names somebody else by now.
func (p *pidfile) remove() {
	if p == nil {
		return
	}
	text, err := os.ReadFile(p.path)
	if err == nil && strings.TrimSpace(string(text)) == fmt.Sprint(os.Getpid()) {
		os.Remove(p.path)
	}
}
