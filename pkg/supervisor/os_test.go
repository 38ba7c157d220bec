package supervisor

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisord/pkg/config"
	"supervisord/pkg/spawn"
)

func TestMain(m *testing.M) {
	if spawn.IsStage(os.Args) {
		os.Exit(spawn.RunStage())
	}
	os.Exit(m.Run())
}

// realBench is a supervisor over real processes.
func realBench(t *testing.T, groups ...*config.Group) (*Supervisor, *fakeLog) {
	t.Helper()
	log := &fakeLog{}
	host, err := NewOS(log)
	if err != nil {
		t.Fatal(err)
	}
	c := configOf(groups...)
	c.Supervisord.ChildLogDir = t.TempDir()
	host.Configure(c)
	s := New(Options{Config: c, Host: host, Log: log, Version: "4.2.5",
		Load: func() (*config.Config, error) { return c, nil }})
	ended := make(chan struct{})
	go func() { s.Run(); close(ended) }()
	t.Cleanup(func() {
		s.Signal(syscall.SIGTERM)
		<-ended
		host.Close()
	})
	return s, log
}

func shell(name, script string, change ...func(*config.Program)) *config.Group {
	g := prog(name, change...)
	g.Programs[0].Command = "/bin/sh -c '" + script + "'"
	g.Programs[0].Autostart = false
	g.Programs[0].StartSecs = 0
	return g
}

// What is left of the group of a killed program is gone before the next copy
// runs, and that takes no time when it heeds the stop signal.
func TestRealLeftover(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "workers")
	s, log := realBench(t, shell("master", "sleep 1000 & echo $! >> "+mark+"; wait", func(p *config.Program) {
		p.AutoRestart = config.RestartAlways
	}))
	start(t, s, "master")
	first := workers(t, mark, 1)[0]
	info, err := s.GetProcessInfo(t.Context(), "master")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	syscall.Kill(info.PID, syscall.SIGKILL)
	workers(t, mark, 2)
	if took := time.Since(began); took > leftoverPatience {
		t.Errorf("the next copy came after %v\n%s", took, log.text())
	}
	if err := syscall.Kill(atoi(t, first), 0); err != syscall.ESRCH {
		t.Errorf("worker %s of the first copy: %v", first, err)
	}
}

// With killasgroup a stop is over when the group is: a worker that ignores TERM
// gets its SIGKILL although the leader went at once.
func TestRealGroupStop(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "workers")
	script := `trap "exit 0" TERM; (trap "" TERM; exec sleep 1000) & echo $! >> ` + mark + `; wait`
	s, _ := realBench(t, shell("master", script, func(p *config.Program) {
		p.StopAsGroup, p.KillAsGroup, p.StopWaitSecs = true, true, time.Second
	}))
	start(t, s, "master")
	worker := workers(t, mark, 1)[0]
	if r, err := s.StopProcess(t.Context(), "master", true); err != nil || r != true {
		t.Fatal(r, err)
	}
	if err := syscall.Kill(atoi(t, worker), 0); err != syscall.ESRCH {
		t.Errorf("worker %s outlives the stop: %v", worker, err)
	}
}

func start(t *testing.T, s *Supervisor, name string) {
	t.Helper()
	if r, err := s.StartProcess(t.Context(), name, true); err != nil || r != true {
		t.Fatal(r, err)
	}
}

// workers waits for so many pids in a file.
func workers(t *testing.T, file string, n int) []string {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		text, _ := os.ReadFile(file)
		if pids := strings.Fields(string(text)); len(pids) >= n {
			return pids
		}
	}
	t.Fatalf("no %d workers in %s", n, file)
	return nil
}

func atoi(t *testing.T, text string) int {
	t.Helper()
	n := 0
	for _, c := range text {
		n = n*10 + int(c-'0')
	}
	return n
}
