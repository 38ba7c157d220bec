package supervisor

import (
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"supervisord/pkg/config"
)

const ms = time.Millisecond

// anHour is longer than any story here.
const anHour = time.Hour

// timings are the rules of the states' durations, each shown by a program to
// which it applies: the lines of the main log with their times, exact to the
// nanosecond.
var timings = []struct {
	name    string
	does    behaviour
	program func(*config.Program)
	stopAt  time.Duration // 0: nobody stops it
	until   time.Duration
	want    string
}{
	{
		name: "RUNNING at startsecs", until: anHour,
		program: func(p *config.Program) { p.StartSecs = 7 * time.Second },
		want: `
0s spawned
7s success`,
	}, {
		name: "RUNNING at once with startsecs=0", until: anHour,
		program: func(p *config.Program) { p.StartSecs = 0 },
		want: `
0s spawned
0s success`,
	}, {
		name: "startsecs counts from the start, not from the wish for it", until: anHour,
		does: behaviour{spawnTakes: 3 * time.Second},
		want: `
3s spawned
4s success`,
	}, {
		name: "a nanosecond less than startsecs is too quick", until: 1500 * ms,
		does: behaviour{exitsAfter: time.Second - 1},
		want: `
0s spawned
999.999999ms exited not expected`,
	}, {
		name: "startsecs is not too quick", until: 1500 * ms,
		does: behaviour{exitsAfter: time.Second + 1},
		want: `
0s spawned
1s success
1.000000001s exited expected`,
	}, {
		name: "BACKOFF waits 1, 2 and 3 seconds, counted from the end", until: anHour,
		does: behaviour{exitsAfter: 100 * ms},
		want: `
0s spawned
100ms exited not expected
1.1s spawned
1.2s exited not expected
3.2s spawned
3.3s exited not expected
6.3s spawned
6.4s exited not expected
6.4s gave up`,
	}, {
		name: "a start that fails waits as long", until: anHour,
		does: behaviour{spawnFails: "can't find command 'x'", spawnTakes: 10 * ms},
		want: `
10ms spawnerr
1.02s spawnerr
3.03s spawnerr
6.04s spawnerr
6.04s gave up`,
	}, {
		name: "startretries=0 gives up at the first end", until: anHour,
		does:    behaviour{exitsAfter: 100 * ms},
		program: func(p *config.Program) { p.StartRetries = 0 },
		want: `
0s spawned
100ms exited not expected
100ms gave up`,
	}, {
		name: "SIGKILL after stopwaitsecs, and again", until: 11 * time.Second, stopAt: 2 * time.Second,
		does:    behaviour{ignores: map[syscall.Signal]bool{syscall.SIGTERM: true, syscall.SIGKILL: true}},
		program: func(p *config.Program) { p.StopWaitSecs = 3 * time.Second },
		want: `
0s spawned
1s success
5s SIGKILL
8s SIGKILL
11s SIGKILL`,
	}, {
		name: "SIGKILL at once with stopwaitsecs=0", until: anHour, stopAt: 2 * time.Second,
		does:    behaviour{ignores: map[syscall.Signal]bool{syscall.SIGTERM: true}},
		program: func(p *config.Program) { p.StopWaitSecs = 0 },
		want: `
0s spawned
1s success
2s SIGKILL
2s stopped`,
	}, {
		name: "no SIGKILL for one that ends in time", until: anHour, stopAt: 2 * time.Second,
		does: behaviour{dieTakes: 9 * time.Second},
		want: `
0s spawned
1s success
11s stopped`,
	}, {
		name: "a stop in BACKOFF takes no time", until: anHour, stopAt: 500 * ms,
		does: behaviour{exitsAfter: 100 * ms},
		want: `
0s spawned
100ms exited not expected`,
	}, {
		name: "one that lived is started again at once", until: 5 * time.Second,
		does:    behaviour{exitsAfter: 1500 * ms},
		program: func(p *config.Program) { p.AutoRestart = config.RestartAlways },
		want: `
0s spawned
1s success
1.5s exited expected
1.5s spawned
2.5s success
3s exited expected
3s spawned
4s success
4.5s exited expected
4.5s spawned`,
	}, {
		name: "one that did not, a second after its start", until: 2500 * ms,
		does:    behaviour{exitsAfter: 200 * ms, exitCode: 3},
		program: func(p *config.Program) { p.StartSecs = 0 },
		want: `
0s spawned
0s success
200ms exited not expected
1s spawned
1s success
1.2s exited not expected
2s spawned
2s success
2.2s exited not expected`,
	},
}

// TestTimings holds the durations of the states to Supervisor's rules, without
// the second by which its loop may be late (pace).
func TestTimings(t *testing.T) {
	for _, c := range timings {
		t.Run(c.name, func(t *testing.T) {
			host := newFakeHost()
			host.does["x"] = &c.does
			program := prog("x", func(p *config.Program) {
				p.AutoRestart = config.RestartUnexpected
				if c.program != nil {
					c.program(p)
				}
			})
			inBubble(t, configOf(program), host, func(b *bench) {
				if c.stopAt > 0 {
					time.Sleep(c.stopAt)
					if _, err := b.StopProcess(b.T.Context(), "x", false); err != nil {
						t.Fatal(err)
					}
					time.Sleep(c.until - c.stopAt)
				} else {
					time.Sleep(c.until)
				}
				synctest.Wait()
				if got := b.log.timeline(); got != c.want[1:] {
					t.Errorf("got\n%s\nwant%s", got, c.want)
				}
				// What ignores even SIGKILL would never end.
				b.host.mu.Lock()
				c.does.ignores = nil
				b.host.mu.Unlock()
			})
		})
	}
}

// timeline tells what became of the one process, with the time since the first
// line of the log.
func (l *fakeLog) timeline() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var told []string
	for i, line := range l.lines {
		word := ""
		for _, w := range []string{"spawned", "success", "spawnerr", "gave up", "stopped", "SIGKILL", "not expected", "expected"} {
			if strings.Contains(line, w) {
				word = w
				break
			}
		}
		switch word {
		case "":
			continue
		case "expected", "not expected":
			word = "exited " + word
		}
		told = append(told, l.times[i].Sub(l.began).String()+" "+word)
	}
	return strings.Join(told, "\n")
}
