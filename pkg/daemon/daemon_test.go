package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"supervisord/pkg/config"
)

func TestPidfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pid")
	if err := os.WriteFile(path, []byte("1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err := writePidfile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(path); string(text) != fmt.Sprintln(os.Getpid()) {
		t.Errorf("it holds %q", text)
	}
	p.remove()
	if _, err := os.Stat(path); err == nil {
		t.Error("it is still there")
	}
	// One that names somebody else by now is theirs.
	if err := os.WriteFile(path, []byte("1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	p.remove()
	if _, err := os.Stat(path); err != nil {
		t.Error("somebody else's is gone")
	}
	(*pidfile)(nil).remove()
	if _, err := writePidfile(filepath.Join(path, "nowhere")); err == nil {
		t.Error("written below a file")
	}
}

func TestLimits(t *testing.T) {
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	l := limits(100, 10)[0]
	if text, err := l.raise(100); text != "" || err != nil {
		t.Errorf("high enough: %q, %v", text, err)
	}
	if text, err := l.raise(99); text != "Increased RLIMIT_NOFILE limit to 100" || err != nil {
		t.Errorf("raised: %q, %v", text, err)
	}
	var now syscall.Rlimit
	syscall.Getrlimit(syscall.RLIMIT_NOFILE, &now)
	if now.Cur != 100 || now.Max != before.Max {
		t.Errorf("now %v, before %v", now, before)
	}
	syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
	impossible := limits(1<<40, 10)[0]
	if _, err := impossible.raise(100); err == nil || !strings.HasPrefix(err.Error(), "The minimum number of file descriptors required to run this process is") {
		t.Errorf("impossible: %v", err)
	}
	if s := startLimits(); s[0] == 0 || s[1] == 0 {
		t.Errorf("started with %v", s)
	}
}

func TestBecome(t *testing.T) {
	m, err := become(&config.User{Name: "me", UID: os.Getuid(), GID: os.Getgid()})
	if want := fmt.Sprintf("Set uid to user %d succeeded", os.Getuid()); m.Text != want || err != nil {
		t.Errorf("%q, %v", m.Text, err)
	}
	if m, err := become(nil); err != nil || (m.Level == config.Critical) != (os.Getuid() == 0) {
		t.Errorf("%v, %v", m, err)
	}
}

// The gravest is logged first, whatever came first.
func TestNotes(t *testing.T) {
	l := &mainLog{}
	l.noteAll([]config.Message{{Level: config.Info, Text: "i"}, {}, {Level: config.Critical, Text: "c"}, {Level: config.Warn, Text: "w"}})
	path := filepath.Join(t.TempDir(), "log")
	if err := l.open(Options{}, config.Supervisord{Logfile: path, LogLevel: config.Info}); err != nil {
		t.Fatal(err)
	}
	l.flushNotes()
	l.close()
	text, _ := os.ReadFile(path)
	var codes []string
	for line := range strings.Lines(string(text)) {
		codes = append(codes, strings.Fields(line)[2])
	}
	if got := strings.Join(codes, " "); got != "CRIT WARN INFO" {
		t.Errorf("logged %s", got)
	}
	l.Log(config.Info, "nobody hears this") // closed: no harm
}
