//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// markVariable is in the environment of everything that the benchmark starts.
const markVariable = "BENCH_RUN"

// patience bounds every wait.
const patience = 3 * time.Minute

// A side is a daemon with its client.
type side struct{ name, daemon, client string }

// parseSide reads NAME=DAEMON,CLIENT.
func parseSide(text string) (side, error) {
	name, paths, ok := strings.Cut(text, "=")
	daemon, client, ok2 := strings.Cut(paths, ",")
	if !ok || !ok2 {
		return side{}, fmt.Errorf("side %q: not NAME=DAEMON,CLIENT", text)
	}
	s := side{name: name}
	for path, to := range map[string]*string{daemon: &s.daemon, client: &s.client} {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return side{}, err
		}
		if _, err := os.Stat(absolute); err != nil {
			return side{}, fmt.Errorf("side %q: %w", name, err)
		}
		*to = absolute
	}
	return s, nil
}

// A life is one daemon from its start to its end, in a folder of its own.
type life struct {
	side   side
	dir    string
	cmd    *exec.Cmd
	ended  chan error
	began  int64 // monotonic nanoseconds just before the start
	stamps *stamps
}

// start writes the configuration and starts the daemon in the foreground.
func (s side) start(dir, mark, programs string, n int) (*life, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	config := fmt.Sprintf(`[supervisord]
minfds=%d
minprocs=200
loglevel=info
[unix_http_server]
file=%%(here)s/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%%(here)s/s.sock
%s`, descriptors(n), programs)
	if err := os.WriteFile(filepath.Join(dir, "supervisord.conf"), []byte(config), 0o644); err != nil {
		return nil, err
	}
	stamps, err := openStamps(filepath.Join(dir, "stamps"), n)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(s.daemon, "-n", "-s", "-c", "supervisord.conf")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), mark)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	l := &life{side: s, dir: dir, cmd: cmd, ended: make(chan error, 1), stamps: stamps, began: monotonic()}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() { l.ended <- cmd.Wait() }()
	return l, nil
}

// descriptors is what n programs need: three pipes each, and some for all.
func descriptors(n int) int { return 4*n + 200 }

// programs are n programs that leave a stamp and wait.
func programs(child, dir string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[program:p%05d]\ncommand=%s stamp %s %d\nstartsecs=0\nautorestart=true\n"+
			"stdout_logfile=NONE\nstderr_logfile=NONE\n", i, child, filepath.Join(dir, "stamps"), i)
	}
	return b.String()
}

// alive waits on a condition, and gives up when the daemon ends or time is out.
func (l *life) alive(ctx context.Context, what string, holds func() bool) error {
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	late := time.NewTimer(patience)
	defer late.Stop()
	for !holds() {
		select {
		case err := <-l.ended:
			l.ended <- err
			output, _ := os.ReadFile(filepath.Join(l.dir, "output"))
			return fmt.Errorf("%s: the daemon ended while waiting for %s: %v\n%s", l.side.name, what, err, output)
		case <-late.C:
			return fmt.Errorf("%s: no %s within %v", l.side.name, what, patience)
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}

// answers waits until the daemon accepts connections.
func (l *life) answers(ctx context.Context) error {
	return l.alive(ctx, "answer", func() bool {
		conn, err := net.Dial("unix", l.socket())
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
}

func (l *life) socket() string { return filepath.Join(l.dir, "s.sock") }

// stop asks the daemon to end and returns how long it took.
func (l *life) stop(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case err := <-l.ended:
		l.ended <- err
		if err != nil {
			return 0, fmt.Errorf("%s: the daemon's end: %w", l.side.name, err)
		}
		return time.Since(began), nil
	case <-time.After(patience):
		return 0, fmt.Errorf("%s: no end within %v", l.side.name, patience)
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// close ends what is left of the life.
func (l *life) close(mark string) error {
	select {
	case err := <-l.ended:
		l.ended <- err
	default:
		_ = l.cmd.Process.Kill() // it may end by itself right now
		<-l.ended
	}
	sweep(mark)
	return errors.Join(l.stamps.close(), os.RemoveAll(l.dir))
}
