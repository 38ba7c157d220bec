package process

import (
	"fmt"
	"strconv"
	"syscall"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// The lines of the main log and the descriptions that status shows. Scripts
// read them: they are Supervisor's to the letter, and stand here only.

const tooQuick = "Exited too quickly (process log may have details)"

func alreadyRunning(p *config.Program) string {
	return fmt.Sprintf("process '%s' already running", p.Name)
}

func spawned(p *config.Program, pid int) string {
	return fmt.Sprintf("spawned: '%s' with pid %d", p.Name, pid)
}

func success(p *config.Program) string {
	return fmt.Sprintf("success: %s entered RUNNING state, process has stayed up for > than %d seconds (startsecs)",
		p.Name, int(p.StartSecs/time.Second))
}

func gaveUp(p *config.Program) string {
	return fmt.Sprintf("gave up: %s entered FATAL state, too many start retries too quickly", p.Name)
}

func exited(p *config.Program, r Reaped, expected bool) string {
	if expected {
		return fmt.Sprintf("exited: %s (%s; expected)", p.Name, r.Text)
	}
	return fmt.Sprintf("exited: %s (%s; not expected)", p.Name, r.Text)
}

func stopped(p *config.Program, r Reaped) string {
	return fmt.Sprintf("stopped: %s (%s)", p.Name, r.Text)
}

func badExit(code int) string { return fmt.Sprintf("Bad exit code %d", code) }

func killing(p *config.Program, pid int, sig syscall.Signal, group bool) string {
	what := ""
	if group {
		what = "process group "
	}
	return fmt.Sprintf("killing %s (pid %d) %swith signal %s", p.Name, pid, what, config.SignalName(sig))
}

func killInBackoff(p *config.Program) string {
	return fmt.Sprintf("Attempted to kill %s, which is in BACKOFF state.", p.Name)
}

func sigkill(p *config.Program, pid int) string {
	return fmt.Sprintf("killing '%s' (%d) with SIGKILL", p.Name, pid)
}

func sending(p *config.Program, pid int, sig syscall.Signal) string {
	return fmt.Sprintf("sending %s (pid %d) sig %s", p.Name, pid, config.SignalName(sig))
}

// Describe is the text that status shows beside the state. now is the wall
// clock of supervisord; the time of a stop is shown in its local time. Uptime is
// counted as Supervisor does, from whole second to whole second of that clock.
func (m Machine) Describe(name string, now time.Time) string {
	switch m.State {
	case api.Running:
		uptime := time.Duration(now.Unix()-m.Start.Unix()) * time.Second
		return "pid " + strconv.Itoa(m.Pid) + ", uptime " + Uptime(uptime)
	case api.Fatal, api.Backoff:
		if m.SpawnErr == "" {
			return fmt.Sprintf(`unknown error (try "tail %s")`, name)
		}
		return m.SpawnErr
	case api.Stopped, api.Exited:
		switch {
		case m.Start.IsZero():
			return "Not started"
		case m.Stop.IsZero():
			// Stopped in BACKOFF without ever having had a process:
			// Supervisor shows the epoch.
			return "Jan 01 12:00 AM"
		}
		return m.Stop.Local().Format("Jan 02 03:04 PM")
	}
	return ""
}

// Uptime writes a duration as Python's timedelta does: 0:00:05, 1 day, 3:04:05.
// What is negative is 0.
func Uptime(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	days, s := s/86400, s%86400
	text := strconv.FormatInt(s/3600, 10) + ":" + twoDigits(s/60%60) + ":" + twoDigits(s%60)
	switch days {
	case 0:
		return text
	case 1:
		return "1 day, " + text
	}
	return fmt.Sprintf("%d days, %s", days, text)
}

func twoDigits(n int64) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }
