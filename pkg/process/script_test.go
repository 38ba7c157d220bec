package process

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisord/pkg/config"
)

var update = flag.Bool("update", false, "write testdata anew")

// TestScripts replays the stories in testdata. A line that begins at the left
// margin is a setting ("startsecs 0") or an event ("1.5s reaped 1"); the
// indented lines after it are what came of it, and are written by -update.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func replay(t *testing.T, script string) string {
	t.Helper()
	var out strings.Builder
	p := program()
	var m Machine
	sc := bufio.NewScanner(strings.NewReader(script))
	for sc.Scan() {
		line := sc.Text()
		if strings.HasPrefix(line, "\t") {
			continue
		}
		fmt.Fprintln(&out, line)
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		if at, err := time.ParseDuration(f[0]); err == nil {
			var actions []Action
			m, actions = m.Step(p, epoch.Add(at), event(t, f[1:]))
			record(&out, m, actions)
			continue
		}
		set(t, p, f)
	}
	return out.String()
}

func set(t *testing.T, p *config.Program, f []string) {
	t.Helper()
	n, _ := strconv.Atoi(f[1])
	switch f[0] {
	case "startsecs":
		p.StartSecs = time.Duration(n) * time.Second
	case "startretries":
		p.StartRetries = n
	case "stopwaitsecs":
		p.StopWaitSecs = time.Duration(n) * time.Second
	case "autorestart":
		p.AutoRestart = map[string]config.AutoRestart{
			"true": config.RestartAlways, "false": config.RestartNever, "unexpected": config.RestartUnexpected}[f[1]]
	case "killasgroup":
		p.KillAsGroup = f[1] == "true"
	default:
		t.Fatalf("what is %q?", f)
	}
}

func event(t *testing.T, f []string) Event {
	t.Helper()
	switch f[0] {
	case "start":
		return Start{}
	case "stop":
		return Stop{}
	case "quiesce":
		return Quiesce{}
	case "shutdown":
		return Shutdown{}
	case "signal":
		return Signal{syscall.SIGHUP}
	case "spawned":
		pid, _ := strconv.Atoi(f[1])
		return Spawned{pid}
	case "failed":
		return Failed{strings.Join(f[1:], " ")}
	case "reaped":
		if code, err := strconv.Atoi(f[1]); err == nil {
			return Reaped{code, "exit status " + f[1]}
		}
		return Reaped{-1, "terminated by " + f[1]}
	case "kill-failed":
		return KillFailed{strings.Join(f[1:], " ")}
	case "tick":
		return Tick{}
	}
	t.Fatalf("what is %q?", f)
	return nil
}

func record(out *strings.Builder, m Machine, actions []Action) {
	for _, a := range actions {
		switch a := a.(type) {
		case Changed:
			fmt.Fprintf(out, "\t%s -> %s pid=%d tries=%d expected=%t\n", a.From, a.To, a.Pid, a.Tries, a.Expected)
		case Log:
			fmt.Fprintf(out, "\t%s %s\n", a.Level.Code(), a.Text)
		case Kill:
			fmt.Fprintf(out, "\tkill pid=%d %v group=%t\n", a.Pid, a.Signal, a.Group)
		case Spawn:
			fmt.Fprintf(out, "\tspawn\n")
		}
	}
	if !m.Deadline.IsZero() {
		fmt.Fprintf(out, "\tdeadline %v\n", m.Deadline.Sub(epoch))
	}
}
