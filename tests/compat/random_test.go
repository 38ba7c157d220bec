package compat

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
)

// A caller makes random calls. What it never makes are calls whose answer
// depends on who is quicker: signals that end a program, a start and a stop in
// one multicall, input to a program whose log is read.
type caller struct{ *rand.Rand }

var (
	randomNames = []string{
		"cat", "quiet", "auto", "hello", "g:one", "g:two", "many:many_00", "many:many_01",
		"missing", "plain", "quotes", "directory", "extra",
		"g:*", "many:", "g", "one", "many", "nope", "g:nope", "nope:*", "", ":", "g:one:x", "cat:cat", "<&>",
	}
	randomGroups  = []string{"cat", "g", "many", "missing", "hello", "nope", "", "g:*", "g:one"}
	fluidGroups   = []string{"auto", "hello", "many", "missing", "extra", "nope"} // none starts by itself
	randomSignals = []string{`"CONT"`, `"SIGCONT"`, `"cont"`, `18`, `"18"`, `0`, `"0"`, `"WINCH"`, `"URG"`, `"BOGUS"`, `""`, `"999"`}
	randomNumbers = []string{"-100", "-6", "-1", "0", "1", "3", "5", "6", "7", "1000000", `"2"`}
	randomMethods = []string{
		"supervisor.getState", "supervisor.getAPIVersion", "supervisor.getSupervisorVersion",
		"supervisor.getIdentification", "supervisor.getAllProcessInfo", "supervisor.getAllConfigInfo",
		"supervisor.reloadConfig", "system.listMethods",
	}
	unknownMethods = []string{"", "nope", "supervisor.nope", "supervisor._update", "a.b.c", "system.", ".x", "supervisor.getState.x"}
	logMethods     = []string{
		"readProcessStdoutLog", "readProcessLog", "readProcessStderrLog",
		"tailProcessStdoutLog", "tailProcessLog", "tailProcessStderrLog",
	}
)

func (c caller) pick(from []string) string { return from[c.IntN(len(from))] }

func (c caller) name() string { return fmt.Sprintf("%q", c.pick(randomNames)) }

func (c caller) group() string { return fmt.Sprintf("%q", c.pick(randomGroups)) }

func (c caller) truth() string { return c.pick([]string{"true", "false"}) }

// call returns a method and its arguments. Those that start something and
// those that leave something to be waited for are made on request only.
func (c caller) call(starts, leaves bool) (method, args string) {
	wait := "true"
	if leaves {
		wait = c.truth()
	}
	switch c.IntN(20) {
	case 0, 1:
		return c.pick(randomMethods), "[]"
	case 2:
		return c.pick(unknownMethods), "[]"
	case 3:
		// A wrong number of arguments, for methods that mind.
		return "supervisor." + c.pick([]string{"shutdown", "restart", "getPID", "clearLog"}), `["x"]`
	case 4:
		return "supervisor." + c.pick([]string{"startProcess", "stopProcess", "getProcessInfo", "readProcessLog"}), "[]"
	case 5, 6:
		return "supervisor.getProcessInfo", "[" + c.name() + "]"
	case 7:
		return "supervisor." + c.pick(logMethods), fmt.Sprintf("[%s, %s, %s]", c.name(), c.pick(randomNumbers[:10]), c.pick(randomNumbers[:10]))
	case 8:
		return "supervisor.readProcessLog", fmt.Sprintf("[\"hello\", %s, %s]", c.pick(randomNumbers), c.pick(randomNumbers))
	case 9:
		return "supervisor.signalProcess", fmt.Sprintf("[%s, %s]", c.name(), c.pick(randomSignals))
	case 10:
		return "supervisor.signalProcessGroup", fmt.Sprintf("[%s, %s]", c.group(), c.pick(randomSignals))
	case 11:
		return "supervisor.sendProcessStdin", fmt.Sprintf("[%s, \"text\\n\"]", c.pick([]string{`"quiet"`, `"nope"`, `"many:many_00"`, `"g:*"`, `"auto"`}))
	case 12:
		return "supervisor.clearProcessLogs", "[" + c.name() + "]"
	case 13:
		return "supervisor." + c.pick([]string{"addProcessGroup", "removeProcessGroup"}), fmt.Sprintf("[%q]", c.pick(fluidGroups))
	case 14:
		return "system." + c.pick([]string{"methodSignature", "methodHelp"}), fmt.Sprintf("[%q]", c.pick(unknownMethods))
	case 15:
		return "supervisor.stopProcessGroup", fmt.Sprintf("[%s, %s]", c.group(), wait)
	case 16:
		if starts {
			return "supervisor.startProcessGroup", fmt.Sprintf("[%s, %s]", c.group(), wait)
		}
		return "system.multicall", "[[]]"
	case 17, 18:
		if starts {
			return "supervisor.startProcess", fmt.Sprintf("[%s, %s]", c.name(), wait)
		}
		return "supervisor.stopProcess", fmt.Sprintf("[%s]", c.name())
	default:
		return "supervisor.stopProcess", fmt.Sprintf("[%s, %s]", c.name(), wait)
	}
}

// multicall bundles a few calls; only the last may start something.
func (c caller) multicall() (method, args string) {
	var calls []string
	for range c.IntN(5) {
		method, args := c.call(false, false)
		if c.IntN(20) == 0 {
			method = "system.multicall"
		}
		calls = append(calls, fmt.Sprintf(`{"methodName": %q, "params": %s}`, method, args))
	}
	if c.IntN(2) == 0 {
		method, args := c.call(true, true)
		calls = append(calls, fmt.Sprintf(`{"methodName": %q, "params": %s}`, method, args))
	}
	if c.IntN(10) == 0 {
		calls = append(calls, `{"methodName": "supervisor.getState"}`, `{}`)
	}
	return "system.multicall", "[[" + strings.Join(calls, ", ") + "]]"
}

// awaitFirst waits for what starts by itself in the first configuration.
const awaitFirst = "await cat RUNNING\nawait quiet RUNNING\nawait g:one RUNNING\n"

// theirWay undoes the stop rule of ours, which Supervisor does not have.
const theirWay = "[supervisord]\nrestart_stopped_on_reload=true\n"

// firstConfig is the configuration of the common file plain.txt.
func firstConfig() (string, error) {
	data, err := os.ReadFile("testdata/common/plain.txt")
	if err != nil {
		return "", err
	}
	_, files := split(string(data))
	return files[0].data + theirWay, nil
}

// restarted restarts the daemon for its n-th life, with the first configuration.
func restarted(n int) string {
	return fmt.Sprintf("copy first.conf supervisord.conf\nrpc supervisor.restart []\nawaitfile supervisord.log (?s)(started with pid.*){%d}\n"+awaitFirst, n)
}

// addedAgain removes a group and adds it again, by which it is started.
const addedAgain = `rpc supervisor.stopProcessGroup ["cat"]
rpc supervisor.removeProcessGroup ["cat"]
rpc supervisor.addProcessGroup ["cat"]
await cat RUNNING
`

// randomScript makes a script of n random calls. No program of its
// configurations goes from a log file of its own to AUTO: ours alone notices
// that (path-to-auto).
func randomScript(seed uint64, n int) (*script, error) {
	c := caller{rand.New(rand.NewPCG(seed, 425))}
	var text strings.Builder
	text.WriteString("include plain.txt\ncopy first.conf supervisord.conf\ndaemon\n" + awaitFirst)
	lives := 1
	for range n {
		method, args := "", ""
		switch k := c.IntN(30); {
		case k == 0:
			fmt.Fprintf(&text, "copy %s supervisord.conf\n", c.pick([]string{"first.conf", "second.conf", "broken.conf"}))
			continue
		case k == 1 && c.IntN(4) == 0:
			lives++
			text.WriteString(restarted(lives))
			continue
		case k == 2:
			text.WriteString(addedAgain)
			continue
		case k >= 20:
			text.WriteString(c.wild() + "\n")
			continue
		case k <= 5:
			method, args = c.multicall()
		default:
			method, args = c.call(true, true)
		}
		// The results of a group come in the order in which they were reached.
		fmt.Fprintf(&text, "sorted rpc %s %s\n", method, args)
	}
	first, err := firstConfig()
	if err != nil {
		return nil, err
	}
	text.WriteString("-- first.conf --\n" + first + "-- second.conf --\n" + base + theirWay + `[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=log/cat.out
stderr_logfile=log/cat.err
[program:hello]
command=/bin/cat -
autostart=false
startsecs=0
stdout_logfile=log/hello.out
[program:extra]
command=/bin/cat
autostart=false
startsecs=0
stdout_logfile=NONE
[program:many]
command=/bin/cat
process_name=%(program_name)s_%(process_num)02d
numprocs=3
startsecs=0
autostart=false
stdout_logfile=NONE
stderr_logfile=NONE
-- broken.conf --
` + base + `[program:cat]
command=/bin/cat
startsecs=soon
`)
	return readScript(fmt.Sprintf("random, seed %d", seed), text.String())
}

var unsettled = regexp.MustCompile(`<string>(STARTING|STOPPING|BACKOFF)</string>`)

// calm waits until no process of the world is on its way to another state.
func (w *world) calm() error {
	body, err := callXML("supervisor.getAllProcessInfo", "[]")
	if err != nil {
		return err
	}
	return await("calm", func() (bool, string) {
		r, err := exchange(w.address, post(body), false)
		if err != nil {
			return false, err.Error()
		}
		return !unsettled.Match(r.body), string(r.body)
	})
}

// TestRandomCalls plays random calls on both daemons.
func TestRandomCalls(t *testing.T) {
	needOracle(t)
	seeds, n := []uint64{1, 2, 3}, 200
	if *long {
		n = 2000
	}
	if *round > 0 {
		n = *round
	}
	if *seed > 0 {
		seeds = []uint64{*seed}
	}
	for _, seed := range seeds {
		s, err := randomScript(seed, n)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			playEach(t, s, oraclePair(), ourPair())
		})
	}
}

var (
	failedInside = regexp.MustCompile(`(?m)^HTTP/1.1 500 `)
	saysWhy      = regexp.MustCompile(`(?m)^HTTP/1.1 (4\d\d |200 OK)`)
	aFault       = regexp.MustCompile(`(?s)<name>faultCode</name>.*<name>faultString</name>`)
	wrongType    = regexp.MustCompile(`(?s)<value><int>2</int></value>.*<string>INCORRECT_PARAMETERS</string>`)

	// faultOfCall is a fault among the answers of a multicall.
	faultOfCall = regexp.MustCompile(`<value><struct>\n<member>\n<name>faultCode</name>\n<value><int>\d+</int></value>\n</member>\n` +
		`<member>\n<name>faultString</name>\n<value><string>[^<]*</string></value>\n</member>\n</struct></value>\n`)
	insideCall = regexp.MustCompile(`FAILED: &lt;class '\w+'&gt;:`)
)

// randomDifferences are the ids of differences on purpose that kinder knows.
var randomDifferences = []string{"no-500", "types-first"}

// kinder says whether the answers to a step differ only in that ours says what is
// wrong where theirs is a failure inside (no-500), or that it finds an argument of
// a wrong type before anything else, and where there is no log to look into too
// (types-first).
func kinder(st step, theirs, ours string) bool {
	switch {
	case st.verb != "xml" && st.verb != "rpc":
		return false
	case failedInside.MatchString(theirs):
		return saysWhy.MatchString(ours)
	case wrongType.MatchString(ours) && !strings.Contains(st.rest, "multicall"):
		return aFault.MatchString(theirs) || strings.Contains(st.rest, ">supervisor.tailProcess") || strings.Contains(st.rest, ">supervisor.signal")
	}
	failed := faultOfCall.FindAllString(theirs, -1)
	said := faultOfCall.FindAllString(ours, -1)
	if len(failed) != len(said) || !insideCall.MatchString(theirs) {
		return false
	}
	i := -1
	return theirs == faultOfCall.ReplaceAllStringFunc(ours, func(said string) string {
		i++
		if insideCall.MatchString(failed[i]) {
			return failed[i]
		}
		return said
	})
}

// gatedScript makes a script of n random calls on a daemon that shuts down, or
// restarts, and waits for a program that will not end.
func gatedScript(seed uint64, n int, end string) (*script, error) {
	c := caller{rand.New(rand.NewPCG(seed, 426))}
	var text strings.Builder
	text.WriteString("daemon\nawaitfile deaf.pid \\d\nawait deaf RUNNING\nrpc supervisor." + end + " []\nawaitfile supervisord.log to die\n")
	for range n {
		switch c.IntN(6) {
		case 0:
			method, args := c.multicall()
			fmt.Fprintf(&text, "rpc %s %s\n", method, args)
		case 1, 2:
			text.WriteString(c.wild() + "\n")
		case 3:
			fmt.Fprintf(&text, "rpc supervisor.%s %s\n", c.pick([]string{"shutdown", "restart", "getPID", "readLog", "clearLog"}), c.pick([]string{"[]", `["x"]`, "[0, 0]"}))
		default:
			method, args := c.call(true, true)
			fmt.Fprintf(&text, "rpc %s %s\n", method, args)
		}
	}
	text.WriteString("killfile deaf.pid KILL\n")
	if end == "restart" {
		text.WriteString("awaitfile supervisord.log (?s)(started with pid.*){2}\nawait deaf RUNNING\nrpc supervisor.getState []\n")
	} else {
		text.WriteString("stopped\n")
	}
	text.WriteString("-- supervisord.conf --\n" + base + `[program:deaf]
command=/bin/sh -c 'trap "" TERM; echo $$ > deaf.pid; while :; do read line; done'
startsecs=0
stopwaitsecs=600
stdout_logfile=NONE
[program:cat]
command=/bin/cat
startsecs=0
`)
	return readScript(fmt.Sprintf("%s, seed %d", end, seed), text.String())
}

// TestRandomCallsAtTheEnd plays random calls on daemons on their way down.
func TestRandomCallsAtTheEnd(t *testing.T) {
	needOracle(t)
	for i, end := range []string{"shutdown", "restart"} {
		n := 60
		if *round > 0 {
			n = *round
		}
		s, err := gatedScript(max(*seed, 1)+uint64(i), n, end)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			playEach(t, s, oraclePair(), ourPair())
		})
	}
}

// playEach plays a script with both pairs, step by step. The first answer that
// differs ends the play: what follows may differ because of it.
func playEach(t *testing.T, s *script, theirs, ours pair) {
	t.Helper()
	root := shortDir(t)
	a := newPairWorld(t, root, 'a', theirs, s.files)
	b := newPairWorld(t, root, 'b', ours, s.files)
	for _, st := range s.steps {
		one := &script{name: s.name, steps: []step{st}}
		if !playBoth(t, one, a, b) {
			return
		}
	}
}

// playBoth plays one step in both worlds and says whether they agree.
func playBoth(t *testing.T, one *script, oracle, ours *world) bool {
	t.Helper()
	var texts [2]string
	errs := make(chan error, 2)
	for i, w := range []*world{oracle, ours} {
		go func() {
			shown, err := one.play(w)
			texts[i] = shown[0]
			if err == nil && slices.Contains([]string{"rpc", "xml", "ctl"}, one.steps[0].verb) {
				err = w.calm()
			}
			errs <- err
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if t.Failed() {
		return false
	}
	if kinder(one.steps[0], texts[0], texts[1]) {
		return true
	}
	d := diff.Diff("oracle", []byte(texts[0]), "ours", []byte(texts[1]))
	if len(d) > 0 {
		st := one.steps[0]
		t.Errorf("%s, step %d: %s %s:\n%s", one.name, st.line, st.verb, st.rest, d)
	}
	return len(d) == 0
}

// TestRandomScriptsParse holds that a seed gives one script only.
func TestRandomScriptsParse(t *testing.T) {
	a, err := randomScript(7, 200)
	if err != nil {
		t.Fatal(err)
	}
	b, err := randomScript(7, 200)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.steps, b.steps) {
		t.Error("one seed gave two scripts")
	}
	for _, st := range a.steps {
		if st.verb == "rpc" {
			method, args, _ := strings.Cut(st.rest, " ")
			if _, err := callXML(method, args); err != nil {
				t.Errorf("%s: %v", st.rest, err)
			}
		}
	}
}
