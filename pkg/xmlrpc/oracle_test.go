package xmlrpc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"supervisord/pkg/api"
)

// supervisorConf is one daemon with both kinds of server, one program that
// takes input, one in a group whose output no XML can carry, and one that is
// not active yet.
const supervisorConf = `[supervisord]
logfile=%(here)s/main.log
pidfile=%(here)s/pid
childlogdir=%(here)s
identifier=oracle
[unix_http_server]
file=%(here)s/s
username=user
password=p:w
[inet_http_server]
port=127.0.0.1:PORT
username=user
password=p:w
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/cat.log
stderr_logfile=%(here)s/cat.err
[program:loud]
command=/bin/sh -c "printf '\\033[31mred\\033[0m\\n'; exec sleep 600"
startsecs=0
autostart=false
stdout_logfile=%(here)s/loud.log
[group:grp]
programs=loud
`

const added = `
[program:later]
command=/bin/sleep 600
autostart=false
`

// supervisor starts the real Supervisor and returns clients of both its
// servers, and its configuration file.
func supervisor(t *testing.T) (unix, tcp *Client, conf string) {
	t.Helper()
	const command = "/usr/bin/supervisord"
	if _, err := os.Stat(command); err != nil {
		t.Skip("there is no Supervisor to talk to:", err)
	}
	socket := socketPath(t)
	conf = filepath.Join(filepath.Dir(socket), "conf")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if err := os.WriteFile(conf, []byte(strings.Replace(supervisorConf, "PORT", port, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command, "-n", "-c", conf)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt) // it takes its programs with it
		select {
		case <-ended:
		case <-time.After(patience):
			cmd.Process.Kill()
			<-ended
		}
	})
	if unix, err = NewClient("unix://"+socket, "user", "p:w"); err != nil {
		t.Fatal(err)
	}
	if tcp, err = NewClient("http://user:p:w@127.0.0.1:"+port, "", ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(); tcp.Close() })
	for _, c := range []*Client{unix, tcp} {
		await(t, "an answer", func() bool {
			_, err := c.GetPID(t.Context())
			return err == nil
		})
	}
	return unix, tcp, conf
}

// await asks until it is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain for ", what)
		}
	}
}

// Every method once, against Supervisor itself.
func TestAgainstSupervisor(t *testing.T) {
	t.Parallel()
	c, tcp, conf := supervisor(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	dir := filepath.Dir(conf)
	await(t, "cat to run", func() bool {
		info, err := c.GetProcessInfo(ctx, "cat")
		return err == nil && info.State == api.Running
	})

	equal := func(name string, want any) func(got any, err error) {
		return func(got any, err error) {
			t.Helper()
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %#v, %v, want %#v", name, got, err, want)
			}
		}
	}
	fault := func(name string, want string) func(got any, err error) {
		return func(got any, err error) {
			t.Helper()
			var f *api.Fault
			if !errors.As(err, &f) || f.Text != want {
				t.Errorf("%s: %#v, %v, want the fault %s", name, got, err, want)
			}
		}
	}
	check := func(judge func(any, error), call func() (any, error)) {
		t.Helper()
		judge(call())
	}
	result := func(group, name string) []api.Result {
		return []api.Result{{Name: name, Group: group, Status: api.Success, Description: "OK"}}
	}

	// The daemon.
	check(equal("getAPIVersion", "3.0"), func() (any, error) { return c.GetAPIVersion(ctx) })
	check(equal("getIdentification", "oracle"), func() (any, error) { return c.GetIdentification(ctx) })
	check(equal("getState", api.StateInfo{Code: api.SupervisorRunning, Name: "RUNNING"}), func() (any, error) { return tcp.GetState(ctx) })
	if v, err := c.GetSupervisorVersion(ctx); err != nil || !strings.HasPrefix(v, "4.") {
		t.Errorf("getSupervisorVersion: %q, %v", v, err)
	}
	pid, err := c.GetPID(ctx)
	if err != nil || pid < 1 {
		t.Errorf("getPID: %d, %v", pid, err)
	}
	if text, err := c.ReadLog(ctx, 0, 0); err != nil || !strings.Contains(text, "supervisord started with pid") {
		t.Errorf("readLog: %q, %v", text, err)
	}
	check(fault("readLog", "BAD_ARGUMENTS"), func() (any, error) { return c.ReadLog(ctx, -5, 5) })
	check(equal("clearLog", true), func() (any, error) { return c.ClearLog(ctx) })

	// Processes.
	info, err := c.GetProcessInfo(ctx, "cat")
	if err != nil || info.Name != "cat" || info.Group != "cat" || info.PID == 0 || info.StateName != "RUNNING" ||
		info.Start == 0 || info.Now < info.Start || info.Logfile != filepath.Join(dir, "cat.log") {
		t.Errorf("getProcessInfo: %+v, %v", info, err)
	}
	check(fault("getProcessInfo", "BAD_NAME: nope"), func() (any, error) { return c.GetProcessInfo(ctx, "nope") })
	infos, err := c.GetAllProcessInfo(ctx)
	if err != nil || len(infos) != 2 || infos[0].Name != "cat" || infos[1].Group != "grp" || infos[1].State != api.Stopped {
		t.Errorf("getAllProcessInfo: %+v, %v", infos, err)
	}
	configs, err := c.GetAllConfigInfo(ctx)
	if err != nil || len(configs) != 2 || configs[0].Command != "/bin/cat" || !reflect.DeepEqual(configs[0].ExitCodes, []int{0}) ||
		configs[0].UID != "none" || !configs[0].Autostart || configs[1].Autostart || configs[0].StopSignal != 15 {
		t.Errorf("getAllConfigInfo: %+v, %v", configs, err)
	}
	check(equal("stopProcess", true), func() (any, error) { return c.StopProcess(ctx, "cat", true) })
	check(fault("stopProcess", "NOT_RUNNING: cat"), func() (any, error) { return c.StopProcess(ctx, "cat", true) })
	check(equal("startProcess", true), func() (any, error) { return c.StartProcess(ctx, "cat", true) })
	check(fault("startProcess", "ALREADY_STARTED: cat"), func() (any, error) { return c.StartProcess(ctx, "cat", true) })
	check(equal("startProcess of a group", result("grp", "loud")), func() (any, error) { return c.StartProcess(ctx, "grp:*", true) })
	check(equal("signalProcess", true), func() (any, error) { return c.SignalProcess(ctx, "cat", "CONT") })
	check(fault("signalProcess", "BAD_SIGNAL: NOPE"), func() (any, error) { return c.SignalProcess(ctx, "cat", "NOPE") })
	check(equal("signalProcessGroup", result("grp", "loud")), func() (any, error) { return c.SignalProcessGroup(ctx, "grp", "CONT") })
	if got, err := c.SignalAllProcesses(ctx, "CONT"); err != nil || len(got) != 2 {
		t.Errorf("signalAllProcesses: %v, %v", got, err)
	}

	// Input and logs, with bytes that XML cannot carry, in either direction.
	check(equal("sendProcessStdin", true), func() (any, error) { return c.SendProcessStdin(ctx, "cat", "é\x1b<&>\n") })
	await(t, "cat to write", func() bool {
		text, err := c.ReadProcessStdoutLog(ctx, "cat", 0, 0)
		return err == nil && text == "é\x1b<&>\n"
	})
	check(equal("tailProcessStdoutLog", api.Tail{Text: "<&>\n", Size: 7, Overflow: true}), func() (any, error) { return c.TailProcessStdoutLog(ctx, "cat", 0, 4) })
	await(t, "loud to write", func() bool {
		text, err := c.ReadProcessStdoutLog(ctx, "grp:loud", 0, 0)
		return err == nil && text == "\x1b[31mred\x1b[0m\n"
	})
	check(equal("readProcessStderrLog", ""), func() (any, error) { return c.ReadProcessStderrLog(ctx, "cat", 0, 0) })
	check(equal("tailProcessStderrLog", api.Tail{}), func() (any, error) { return c.TailProcessStderrLog(ctx, "cat", 0, 9) })
	check(equal("sendRemoteCommEvent", true), func() (any, error) { return c.SendRemoteCommEvent(ctx, "type", "data\n") })
	againstTails(t, ctx, c, tcp)
	check(equal("clearProcessLogs", true), func() (any, error) { return c.ClearProcessLogs(ctx, "cat") })
	check(equal("clearAllProcessLogs", append(result("cat", "cat"), result("grp", "loud")...)), func() (any, error) { return c.ClearAllProcessLogs(ctx) })

	// Groups.
	check(equal("stopProcessGroup", result("grp", "loud")), func() (any, error) { return c.StopProcessGroup(ctx, "grp", true) })
	check(equal("startProcessGroup", result("grp", "loud")), func() (any, error) { return c.StartProcessGroup(ctx, "grp", false) })
	if got, err := c.StopAllProcesses(ctx, true); err != nil || len(got) != 2 {
		t.Errorf("stopAllProcesses: %v, %v", got, err)
	}
	if got, err := c.StartAllProcesses(ctx, true); err != nil || len(got) != 2 {
		t.Errorf("startAllProcesses: %v, %v", got, err)
	}
	appendTo(t, conf, added)
	check(equal("reloadConfig", []api.Changes{{Added: []string{"later"}, Changed: []string{}, Removed: []string{}}}),
		func() (any, error) { return c.ReloadConfig(ctx) })
	check(equal("addProcessGroup", true), func() (any, error) { return c.AddProcessGroup(ctx, "later") })
	check(fault("addProcessGroup", "ALREADY_ADDED: later"), func() (any, error) { return c.AddProcessGroup(ctx, "later") })
	check(equal("removeProcessGroup", true), func() (any, error) { return c.RemoveProcessGroup(ctx, "later") })
	check(fault("removeProcessGroup", "STILL_RUNNING: cat"), func() (any, error) { return c.RemoveProcessGroup(ctx, "cat") })

	againstSystem(t, ctx, c)

	// The ends.
	check(equal("restart", true), func() (any, error) { return c.Restart(ctx) })
	await(t, "the restart", func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "main.log"))
		return err == nil && strings.Count(string(text), "supervisord started with pid") > 0 // the log was cleared before
	})
	await(t, "an answer after the restart", func() bool {
		_, err := c.GetState(ctx)
		return err == nil
	})
	check(equal("shutdown", true), func() (any, error) { return tcp.Shutdown(ctx) })
}

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// againstTails follows a log over both servers, and is refused without the
// password.
func againstTails(t *testing.T, ctx context.Context, clients ...*Client) {
	for i, c := range clients {
		code, body, err := c.Get(ctx, "/logtail/cat%3Acat/stdout")
		if err != nil || code != 200 {
			t.Errorf("logtail: %d, %v", code, err)
			continue
		}
		line := fmt.Sprintf("line %d\n", i)
		if _, err := c.SendProcessStdin(ctx, "cat", api.Chars(line)); err != nil {
			t.Error(err)
		}
		in := bufio.NewReader(body)
		for {
			got, err := in.ReadString('\n')
			if err != nil {
				t.Errorf("logtail: %v", err)
			}
			if err != nil || got == line {
				break
			}
		}
		body.Close()
	}
	c := clients[0]
	if code, body, err := c.Get(ctx, "/logtail/nope"); err != nil || code != 404 {
		t.Errorf("logtail of nothing: %d, %v", code, err)
	} else {
		body.Close()
	}
	c.SetCredentials("user", "wrong")
	defer c.SetCredentials("user", "p:w")
	var status *StatusError
	if _, err := c.GetPID(ctx); !errors.As(err, &status) || status.Code != 401 || status.Status != "401 Unauthorized" {
		t.Errorf("a wrong password: %v", err)
	}
	if code, body, err := c.Get(ctx, "/mainlogtail"); err != nil || code != 401 {
		t.Errorf("mainlogtail with a wrong password: %d, %v", code, err)
	} else {
		body.Close()
	}
}

// againstSystem compares the namespace system with our tables.
func againstSystem(t *testing.T, ctx context.Context, c *Client) {
	d := api.NewDispatcher([]api.Namespace{{Name: "supervisor", Methods: api.Methods(), Target: c}}, nil, nil)
	ours, err := d.Call(ctx, "system.listMethods", nil)
	if err != nil {
		t.Fatal(err)
	}
	var theirs []string
	v, err := c.Call(ctx, "system.listMethods")
	if err == nil {
		err = Decode(v, &theirs)
	}
	if err != nil || !slices.Equal(theirs, ours.([]string)) {
		t.Errorf("listMethods: %v, %v", theirs, err)
	}
	for _, name := range theirs {
		want, _ := d.Call(ctx, "system.methodSignature", []any{name})
		var types []string
		v, err := c.Call(ctx, "system.methodSignature", name)
		if err == nil {
			err = Decode(v, &types)
		}
		if err != nil || !slices.Equal(types, want.([]string)) {
			t.Errorf("methodSignature(%s): %v, %v, want %v", name, types, err, want)
		}
	}
	got, err := c.Multicall(ctx, Request{Method: "supervisor.getAPIVersion"}, Request{"supervisor.getProcessInfo", []any{"x"}})
	if want := []any{"3.0", api.BadName.Fault("x")}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("multicall: %v, %v", got, err)
	}
}
