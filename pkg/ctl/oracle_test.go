package ctl

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
	"testing"
)

// supervisorctl is Supervisor's own, with canned answers instead of a
// connection. It reads cases as JSON and writes what came of each.
const supervisorctl = `
import io, json, os, sys
try:
    from supervisor import options, supervisorctl, xmlrpc
    from supervisor.compat import xmlrpclib
except ImportError:
    sys.exit(77)

class Answers:
    def __init__(self, answers):
        self.answers, self.used = answers, {}
    def __getattr__(self, method):
        return lambda *args: self.take(method, args)
    def take(self, method, args):
        key = ' '.join([method] + [str(a) for a in args])
        if key not in self.answers:
            key = method
        if key not in self.answers:
            if method == 'getVersion':
                return '3.0'
            raise Exception('unexpected call ' + key)
        a, n = self.answers[key], self.used.get(key, 0)
        self.used[key] = n + 1
        if 'turns' in a:
            a = a['turns'][min(n, len(a['turns']) - 1)]
        if 'fault' in a:
            raise xmlrpclib.Fault(*a['fault'])
        if 'errno' in a:
            raise OSError(a['errno'], a['text'])
        if 'http' in a:
            raise xmlrpclib.ProtocolError('127.0.0.1/RPC2', a['http'][0], a['http'][1], '')
        return a['value']

class Proxy:
    pass

def password(prompt):
    line = sys.stdin.readline()
    if not line:
        raise EOFError # as getpass does without a terminal
    return line.rstrip('\n')

def run(case):
    o = options.ClientOptions()
    o.serverurl, o.prompt, o.history_file = case['url'], 'supervisor', None
    o.interactive = 1 if case['interactive'] or case['shell'] else 0
    proxy = Proxy()
    proxy.supervisor = Answers(case['answers'])
    def connect():
        xmlrpc.SupervisorTransport(o.username, o.password, o.serverurl) # refuses other schemes
        return proxy
    o.getServerProxy = connect
    stdin, stdout = sys.stdin, sys.stdout
    sys.stdin, sys.stdout = io.StringIO(case['stdin']), io.StringIO()
    supervisorctl.getpass.getpass = password
    try:
        c = supervisorctl.Controller(o, stdout=sys.stdout)
        c.output = lambda message: sys.stdout.write(message + '\n')
        if case['shell']:
            c.exec_cmdloop([], o)
            exit = 0
        else:
            c.onecmd(case['line'])
            exit = c.exitstatus
        return {'stdout': sys.stdout.getvalue(), 'exit': exit}
    finally:
        sys.stdin, sys.stdout = stdin, stdout

json.dump([run(c) for c in json.load(sys.stdin)], sys.stdout)
`

// TestCommandsAgreeWithSupervisor asks Supervisor's own client, with the same
// answers, what it prints in each case. So the golden file is tested, too.
func TestCommandsAgreeWithSupervisor(t *testing.T) {
	cases := commandCases()
	job := make([]map[string]any, len(cases))
	for i, c := range cases {
		url := c.url
		if url == "" {
			url = "http://localhost:9001"
		}
		a := map[string]any{}
		for key, v := range c.answers {
			a[key] = wire(v)
		}
		job[i] = map[string]any{"line": c.line, "stdin": c.stdin, "interactive": c.interactive,
			"shell": c.shell, "url": url, "answers": a}
	}
	answers := askPython(t, supervisorctl, job)
	var wants []struct {
		Stdout string
		Exit   int
	}
	if err := json.Unmarshal(answers, &wants); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		got, _ := c.run(t.Context())
		want := outcome{masked(wants[i].Stdout), wants[i].Exit}
		if got != want {
			t.Errorf("%s\n got\n%s\nwant\n%s", c.title(), got, want)
		}
	}
}

// askPython runs a program of Python on a job. The test skips itself where
// there is no Python or no Supervisor.
func askPython(t *testing.T, program string, job any) []byte {
	t.Helper()
	python, err := exec.LookPath("/usr/bin/python3")
	if err != nil {
		t.Skip("no /usr/bin/python3 to compare with")
	}
	input, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", program)
	cmd.Env = append(cmd.Environ(), "PYTHONIOENCODING=utf-8")
	cmd.Stdin = bytes.NewReader(input)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 77 {
			t.Skip("Supervisor is not installed for /usr/bin/python3")
		}
		t.Fatalf("%v\n%s", err, errs.Bytes())
	}
	return out.Bytes()
}

func sortedAnswers(a answers) []string {
	keys := make([]string, 0, len(a))
	for k := range a {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
