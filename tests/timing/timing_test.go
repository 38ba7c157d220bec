package timing

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"supervisord/tests/harness"
)

const (
	// copies is how many processes try a rule at the same time, rounds how often
	// they all do so if the machine was too busy.
	copies, rounds = 3, 5

	// late is how much longer than its rule the best try may take.
	late = 50 * time.Millisecond

	// grain is the finest step of the times in the main log.
	grain = time.Millisecond
)

// A rule is the time between two lines of a process in the main log. Its program
// lives by it.
type rule struct {
	name     string
	program  string         // its options; %d is the number of the copy
	from, to *regexp.Regexp // what the lines hold
	nth      int            // which pair of such lines, from 0
	want     time.Duration
}

// line matches a line about a program.
func line(text string) *regexp.Regexp { return regexp.MustCompile(text) }

var (
	wasSpawned = line(`spawned: `)
	hasExited  = line(`exited: `)
	isRunning  = line(`success: `)
	hasGivenUp = line(`gave up: `)
	isTold     = line(`waiting for \S+ to stop`)
	isKilled   = line(`killing .* with SIGKILL`)
	hasStopped = line(`stopped: `)
	hasFailed  = line(`spawnerr: `)
)

const (
	steady  = "command=sleep 1000\nstartsecs=2\n"
	instant = "command=sleep 1000\nstartsecs=0\n"
	quick   = "command=/bin/false\nstartretries=3\n"
	missing = "command=/nonexistent/%(program_name)s_%(process_num)d\nstartretries=2\n"
	// Shorter than the time after which "waiting for" is said again.
	deaf    = "command=CHILD ignore 15\nstartsecs=0\nstopwaitsecs=1\n"
	lively  = "command=sleep 1.2\nautorestart=true\n"
	spinner = "command=/bin/true\nstartsecs=0\nautorestart=true\n"
)

// rules are Supervisor's, but for the pace of the spinner (pace).
var rules = []rule{
	{"STARTING to RUNNING, startsecs=2", steady, wasSpawned, isRunning, 0, 2 * time.Second},
	{"STARTING to RUNNING, startsecs=0", instant, wasSpawned, isRunning, 0, 0},
	{"BACKOFF, first wait", quick, hasExited, wasSpawned, 0, time.Second},
	{"BACKOFF, second wait", quick, hasExited, wasSpawned, 1, 2 * time.Second},
	{"BACKOFF, third wait", quick, hasExited, wasSpawned, 2, 3 * time.Second},
	{"BACKOFF to FATAL", quick, hasExited, hasGivenUp, 0, 0},
	{"BACKOFF after a start that fails", missing, hasFailed, hasFailed, 0, time.Second},
	{"the same, second wait", missing, hasFailed, hasFailed, 1, 2 * time.Second},
	{"STOPPING to SIGKILL, stopwaitsecs=1", deaf, isTold, isKilled, 0, time.Second},
	{"SIGKILL to STOPPED", deaf, isKilled, hasStopped, 0, 0},
	{"EXITED to STARTING", lively, hasExited, wasSpawned, 0, 0},
	{"from start to start, startsecs=0", spinner, wasSpawned, wasSpawned, 1, time.Second},
}

// sections makes a program of each set of options, and returns their names by
// the options.
func sections() (text string, names map[string]string) {
	names = map[string]string{}
	for _, r := range rules {
		if names[r.program] != "" {
			continue
		}
		name := fmt.Sprintf("p%d", len(names))
		names[r.program] = name
		text += fmt.Sprintf("[program:%s]\nprocess_name=%%(program_name)s_%%(process_num)d\nnumprocs=%d\nstdout_logfile=NONE\nstderr_logfile=NONE\n%s\n",
			name, copies, strings.ReplaceAll(r.program, "CHILD", harness.Child()))
	}
	return text, names
}

// between finds the rule's pair of lines about a process and returns the time
// from the last line that could begin it to the one that ends it.
func (r rule) between(log, process string) (time.Duration, error) {
	about := regexp.MustCompile(`^(\S+ \S+) .*\b` + process + `\b`)
	var began time.Time
	seen := 0
	for text := range strings.Lines(log) {
		m := about.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		at, err := time.ParseInLocation("2006-01-02 15:04:05,000", m[1], time.Local)
		if err != nil {
			return 0, err
		}
		if !began.IsZero() && r.to.MatchString(text) {
			if seen == r.nth {
				return at.Sub(began), nil
			}
			seen++
			began = time.Time{}
		}
		if r.from.MatchString(text) {
			began = at
		}
	}
	return 0, fmt.Errorf("%s: %s is not in the main log yet", process, r.name)
}

// measure lets the programs run and returns the tries of every rule.
func measure(t *testing.T) [][]time.Duration {
	t.Helper()
	text, names := sections()
	d := harness.New(t)
	d.Configure(text)
	d.Start()
	d.AwaitState(names[deaf]+":"+names[deaf]+"_0", "RUNNING")
	d.AwaitState(names[missing]+":"+names[missing]+"_0", "FATAL")
	d.Ctl("stop", names[deaf]+":*")
	tries := make([][]time.Duration, len(rules))
	for i, r := range rules {
		for n := range copies {
			process := fmt.Sprintf("%s_%d", names[r.program], n)
			harness.Await(t, harness.Limit, r.name, func() error {
				took, err := r.between(d.Log(), process)
				if err == nil {
					tries[i] = append(tries[i], took)
				}
				return err
			})
		}
	}
	d.Shutdown()
	return tries
}

// TestTimings holds the durations of the states to Supervisor's rules.
func TestTimings(t *testing.T) {
	allowed := late
	if harness.Oracle() {
		allowed += 1100 * time.Millisecond // a turn of its loop
	}
	best := make([]time.Duration, len(rules))
	var busy []string
	for round := range rounds {
		busy = nil
		for i, tries := range measure(t) {
			r := rules[i]
			shortest := slices.Min(tries)
			if round == 0 || shortest < best[i] {
				best[i] = shortest
			}
			if r.program == spinner && harness.Oracle() {
				continue // it has no pace
			}
			// The line that begins a try may be written late, and the try then
			// looks shorter than it was; not all will.
			if slices.Max(tries) < r.want-grain || shortest < r.want-late {
				t.Errorf("%s: took %v, which is less than %v", r.name, tries, r.want)
			}
			if best[i] > r.want+allowed {
				busy = append(busy, fmt.Sprintf("%s: %v at best, want %v and at most %v more", r.name, best[i], r.want, allowed))
			}
		}
		if len(busy) == 0 {
			break
		}
	}
	for _, b := range busy {
		t.Error(b)
	}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for i, r := range rules {
		fmt.Fprintf(w, "%s\trule %v\tbest of the tries %v\n", r.name, r.want, best[i])
	}
	w.Flush()
	t.Logf("\n%s", &table)
}
