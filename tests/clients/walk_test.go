package clients_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

// The walk is what the users of an XML-RPC library do with a daemon. A script
// in testdata makes it in each language, in the manner of that language, and
// prints what the library gave it as one JSON object: so that the types are
// seen as the library understood them.

// walkPrograms are what the walk finds: a program in each of the states that
// last.
const walkPrograms = `
[program:web]
command=sleep 1000

[program:talk]
command=sh -c "printf 'h\303\251llo <&> w\303\266rld\n\n ]]> \"q\"\n'; exec cat"
startsecs=0
stdout_logfile=%(here)s/talk.log
stderr_logfile=%(here)s/talk.err

[program:idle]
command=sleep 1000
autostart=false
stdout_logfile=NONE
stderr_logfile=NONE

[program:ended]
command=sh -c "exit 3"
startsecs=0
autorestart=false

[program:killed]
command=sh -c "kill -9 $$"
startsecs=0
autorestart=false

[program:missing]
command=/nonexistent/program
startretries=0

[program:pair]
command=sleep 1000
process_name=%(program_name)s_%(process_num)02d
numprocs=2
startsecs=0
`

// later comes into the configuration after the start.
const later = `
[program:later]
command=sleep 1000
`

// talkText is what the program talk prints, and talkInput what it is sent.
const (
	talkText  = "héllo <&> wörld\n\n ]]> \"q\"\n"
	talkInput = "grüße <1> & \"2\"\n"
)

// answers is the JSON object of a walk.
type answers struct {
	Identification string `json:"identification"`
	API            string `json:"api"`
	Version        string `json:"version"`
	State          struct {
		Code int    `json:"statecode"`
		Name string `json:"statename"`
	} `json:"state"`
	Methods      []string      `json:"methods"`
	Signature    []string      `json:"signature"`
	All          []processInfo `json:"all"`
	Info         processInfo   `json:"info"`
	Log          string        `json:"log"`
	Empty        string        `json:"empty"`
	Tail         []any         `json:"tail"`
	Stdin        bool          `json:"stdin"`
	Stopped      bool          `json:"stopped"`
	Again        fault         `json:"again"`
	Started      bool          `json:"started"`
	GroupStopped []outcome     `json:"group_stopped"`
	GroupStarted []outcome     `json:"group_started"`
	Signalled    bool          `json:"signalled"`
	Unknown      fault         `json:"unknown"`
	Multicall    []any         `json:"multicall"`
	Reread       [][][]string  `json:"reread"`
	Added        bool          `json:"added"`
	Running      fault         `json:"running"`
	LaterStopped []outcome     `json:"later_stopped"`
	Removed      bool          `json:"removed"`
}

type fault struct {
	Code int    `json:"code"`
	Text string `json:"text"`
}

// outcome is how it went for one process of a group.
type outcome struct {
	Name        string `json:"name"`
	Group       string `json:"group"`
	Status      int    `json:"status"`
	Description string `json:"description"`
}

// processInfo is the answer of getProcessInfo.
type processInfo struct {
	Name          string `json:"name"`
	Group         string `json:"group"`
	Start         int    `json:"start"`
	Stop          int    `json:"stop"`
	Now           int    `json:"now"`
	State         int    `json:"state"`
	StateName     string `json:"statename"`
	SpawnErr      string `json:"spawnerr"`
	ExitStatus    int    `json:"exitstatus"`
	Logfile       string `json:"logfile"`
	StdoutLogfile string `json:"stdout_logfile"`
	StderrLogfile string `json:"stderr_logfile"`
	Pid           int    `json:"pid"`
	Description   string `json:"description"`
}

// walker is a daemon as the walk wants to find it.
func walker(t *testing.T) *server {
	t.Helper()
	s := start(t, walkPrograms)
	s.await(t, map[string]string{
		"web": "RUNNING", "talk": "RUNNING", "idle": "STOPPED", "ended": "EXITED", "killed": "EXITED",
		"missing": "FATAL", "pair:pair_00": "RUNNING", "pair:pair_01": "RUNNING",
	})
	s.AwaitFile("talk.log", talkText)
	s.configure(walkPrograms + later)
	return s
}

// walk runs a client's walk and checks all that it was answered.
func (s *server) walk(t *testing.T, name string, args ...string) {
	t.Helper()
	r := s.Command(name, args...)
	if r.Code != 0 {
		t.Fatal(r)
	}
	var a answers
	decoder := json.NewDecoder(strings.NewReader(r.Stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&a); err != nil {
		t.Fatalf("%v: %v", err, r)
	}
	s.checkQueries(t, &a)
	s.checkProcesses(t, &a)
	s.checkActions(t, &a)
	s.AwaitFile("talk.log", talkText+talkInput)
}

var version = regexp.MustCompile(`^\d+\.\d+(\.\d+)?$`)

func (s *server) checkQueries(t *testing.T, a *answers) {
	t.Helper()
	same(t, "getIdentification", a.Identification, "supervisor")
	same(t, "getAPIVersion", a.API, "3.0")
	if !version.MatchString(a.Version) {
		t.Errorf("getSupervisorVersion: %q", a.Version)
	}
	same(t, "getState", fmt.Sprint(a.State), "{1 RUNNING}")
	for _, method := range []string{"supervisor.getAllProcessInfo", "supervisor.tailProcessStderrLog", "system.multicall"} {
		if !slices.Contains(a.Methods, method) {
			t.Errorf("listMethods: no %s in %q", method, a.Methods)
		}
	}
	same(t, "methodSignature", a.Signature, []string{"boolean", "string", "boolean"})
	same(t, "readProcessStdoutLog", a.Log, talkText)
	same(t, "readProcessStderrLog", a.Empty, "")
	same(t, "tailProcessStdoutLog", a.Tail, []any{talkText, float64(len(talkText)), false})
	same(t, "getProcessInfo of an unknown process", a.Unknown, fault{10, "BAD_NAME: nobody"})
	same(t, "multicall", a.Multicall, []any{"3.0",
		map[string]any{"faultCode": float64(10), "faultString": "BAD_NAME: nobody"}})
}

func (s *server) checkActions(t *testing.T, a *answers) {
	t.Helper()
	for what, done := range map[string]bool{
		"sendProcessStdin": a.Stdin, "stopProcess": a.Stopped, "startProcess": a.Started,
		"signalProcess": a.Signalled, "addProcessGroup": a.Added, "removeProcessGroup": a.Removed,
	} {
		same(t, what, done, true)
	}
	same(t, "stopProcess of what is stopped", a.Again, fault{70, "NOT_RUNNING: web"})
	pair := []outcome{{"pair_00", "pair", 80, "OK"}, {"pair_01", "pair", 80, "OK"}}
	same(t, "stopProcessGroup", byName(a.GroupStopped), pair)
	same(t, "startProcessGroup", byName(a.GroupStarted), pair)
	same(t, "reloadConfig", a.Reread, [][][]string{{{"later"}, {}, {}}})
	same(t, "removeProcessGroup of what runs", a.Running, fault{91, "STILL_RUNNING: later"})
	same(t, "stopProcess of a group", a.LaterStopped, []outcome{{"later", "later", 80, "OK"}})
}

// expected is what getAllProcessInfo says of the programs of the walk; what
// the machine gives is left out.
var expected = []processInfo{
	{Group: "ended", Name: "ended", State: 100, StateName: "EXITED", ExitStatus: 3, SpawnErr: "Bad exit code 3"},
	{Group: "idle", Name: "idle", State: 0, StateName: "STOPPED"},
	{Group: "killed", Name: "killed", State: 100, StateName: "EXITED", ExitStatus: -1,
		SpawnErr: "Bad exit code -1"},
	{Group: "missing", Name: "missing", State: 200, StateName: "FATAL",
		SpawnErr: "can't find command '/nonexistent/program'"},
	{Group: "pair", Name: "pair_00", State: 20, StateName: "RUNNING"},
	{Group: "pair", Name: "pair_01", State: 20, StateName: "RUNNING"},
	{Group: "talk", Name: "talk", State: 20, StateName: "RUNNING"},
	{Group: "web", Name: "web", State: 20, StateName: "RUNNING"},
}

// descriptions is the form of a description in each state.
var descriptions = map[string]*regexp.Regexp{
	"EXITED":  regexp.MustCompile(`^[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M$`),
	"FATAL":   regexp.MustCompile(`^can't find command '/nonexistent/program'$`),
	"RUNNING": regexp.MustCompile(`^pid \d+, uptime \d+:\d\d:\d\d$`),
	"STOPPED": regexp.MustCompile(`^Not started$`),
}

func (s *server) checkProcesses(t *testing.T, a *answers) {
	t.Helper()
	if len(a.All) != len(expected) {
		t.Fatalf("getAllProcessInfo: %d processes, want %d: %+v", len(a.All), len(expected), a.All)
	}
	for i, p := range a.All {
		checkMachine(t, p)
		p.Start, p.Stop, p.Now, p.Pid, p.Description = 0, 0, 0, 0, ""
		p.Logfile, p.StdoutLogfile, p.StderrLogfile = "", "", ""
		same(t, "getAllProcessInfo", p, expected[i])
	}
	same(t, "logfile of idle", a.All[1].Logfile+a.All[1].StdoutLogfile+a.All[1].StderrLogfile, "")
	talk := a.All[6]
	for what, pair := range map[string][2]string{
		"logfile": {talk.Logfile, "talk.log"}, "stdout_logfile": {talk.StdoutLogfile, "talk.log"},
		"stderr_logfile": {talk.StderrLogfile, "talk.err"},
	} {
		same(t, what+" of talk", pair[0], s.Path(pair[1]))
	}
	web := a.All[7]
	a.Info.Now, web.Now = 0, 0
	a.Info.Description, web.Description = "", "" // the uptime may have become a second longer
	same(t, "getProcessInfo", a.Info, web)
}

// checkMachine checks what differs from run to run: times and pids.
func checkMachine(t *testing.T, p processInfo) {
	t.Helper()
	if !descriptions[p.StateName].MatchString(p.Description) {
		t.Errorf("%s is %s: %q", p.Name, p.StateName, p.Description)
	}
	running := p.StateName == "RUNNING"
	if running != (p.Pid > 1) || running && !strings.HasPrefix(p.Description, fmt.Sprintf("pid %d,", p.Pid)) {
		t.Errorf("%s is %s: pid %d, %q", p.Name, p.StateName, p.Pid, p.Description)
	}
	const recently = 1_600_000_000   // 2020: nothing here is older
	once := p.StateName != "STOPPED" // a start that failed counts
	if p.Now < recently || once != (p.Start > recently) || p.Start > p.Now || (p.StateName == "EXITED") != (p.Stop > recently) {
		t.Errorf("%s is %s: start %d, stop %d, now %d", p.Name, p.StateName, p.Start, p.Stop, p.Now)
	}
}

// byName sorts outcomes: of several processes nobody knows which is the first.
func byName(list []outcome) []outcome {
	slices.SortFunc(list, func(a, b outcome) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %#v\nwant %#v", what, got, want)
	}
}

// Python: xmlrpc.client alone, and what Supervisor's own package adds to it.
func TestPython(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"plain inet", "transport unix", "transport inet", "childutils unix"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			harness.Need(t, python, "/usr/lib/python3/dist-packages/supervisor/childutils.py")
			s := walker(t)
			by, to, _ := strings.Cut(how, " ")
			url := map[string]string{"unix": s.unix, "inet": s.inet}[to]
			s.walk(t, python, testdata(t, "walk.py"), by, url, user, password)
		})
	}
}

// The xmlrpc extension of PHP, as the panels written in PHP use it.
func TestPHP(t *testing.T) {
	t.Parallel()
	for _, http := range []string{"1.0", "1.1"} {
		t.Run(http, func(t *testing.T) {
			t.Parallel()
			harness.Need(t, "php")
			s := walker(t)
			if r := s.Command("php", "-r", "exit(extension_loaded('xmlrpc') ? 0 : 1);"); r.Code != 0 {
				harness.Lack(t, "PHP has no extension xmlrpc")
			}
			s.walk(t, "php", testdata(t, "walk.php"), s.inet, user, password, http)
		})
	}
}

func TestPerl(t *testing.T) {
	t.Parallel()
	for client, module := range map[string]string{"RPC::XML": "RPC::XML::Client", "Frontier": "Frontier::Client"} {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			harness.Need(t, "perl")
			s := walker(t)
			needPerl(t, s, module)
			s.walk(t, "perl", testdata(t, "walk.pl"), client, s.inet, user, password)
		})
	}
}

func TestRuby(t *testing.T) {
	t.Parallel()
	harness.Need(t, "ruby")
	s := walker(t)
	s.walk(t, "ruby", testdata(t, "walk.rb"), s.inet, user, password)
}

// Java's aXMLRPC. The compiler is the one that Debian's Tomcat brings along.
func TestJava(t *testing.T) {
	t.Parallel()
	const library, compiler = "/usr/share/java/axmlrpc.jar", "/usr/share/java/eclipse-jdt-core.jar"
	harness.Need(t, "java", library, compiler)
	s := walker(t)
	r := s.Command("java", "-cp", compiler, "org.eclipse.jdt.internal.compiler.batch.Main",
		"-proc:none", "-source", "11", "-target", "11", "-classpath", library, "-d", s.Path("classes"), testdata(t, "Walk.java"))
	if r.Code != 0 {
		t.Fatal(r)
	}
	s.walk(t, "java", "-cp", library+":"+s.Path("classes"), "Walk", s.inet, user, password)
}
