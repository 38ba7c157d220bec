package clients_test

import (
	"net/http"
	"testing"

	"github.com/kolo/xmlrpc"
)

// What Telegraf's input "supervisor" asks for, by its library and into its
// types: small integers, whose overflow is an error of the library.
type (
	telegrafProcess struct {
		Name          string `xmlrpc:"name"`
		Group         string `xmlrpc:"group"`
		Description   string `xmlrpc:"description"`
		Start         int32  `xmlrpc:"start"`
		Stop          int32  `xmlrpc:"stop"`
		Now           int32  `xmlrpc:"now"`
		State         int16  `xmlrpc:"state"`
		StateName     string `xmlrpc:"statename"`
		SpawnErr      string `xmlrpc:"spawnerr"`
		ExitStatus    int8   `xmlrpc:"exitstatus"`
		Logfile       string `xmlrpc:"logfile"`
		StdoutLogfile string `xmlrpc:"stdout_logfile"`
		StderrLogfile string `xmlrpc:"stderr_logfile"`
		Pid           int32  `xmlrpc:"pid"`
	}
	telegrafState struct {
		Code int8   `xmlrpc:"statecode"`
		Name string `xmlrpc:"statename"`
	}
)

func TestTelegraf(t *testing.T) {
	t.Parallel()
	s := walker(t)
	for to, client := range map[string]struct {
		url       string
		transport http.RoundTripper
	}{
		"inet": {login(s.inet) + "/RPC2", nil},
		"unix": {login("http://localhost") + "/RPC2", s.transport()},
	} {
		t.Run(to, func(t *testing.T) {
			c, err := xmlrpc.NewClient(client.url, client.transport)
			must(t, err)
			defer c.Close()
			checkTelegraf(t, c)
		})
	}
	t.Run("calls", func(t *testing.T) {
		c, err := xmlrpc.NewClient(login(s.inet)+"/RPC2", nil)
		must(t, err)
		defer c.Close()
		checkCalls(t, c)
	})
	t.Run("wrong password", func(t *testing.T) {
		c, err := xmlrpc.NewClient(s.inet+"/RPC2", nil)
		must(t, err)
		defer c.Close()
		var state telegrafState
		err = c.Call("supervisor.getState", nil, &state)
		if err == nil || err.Error() != "request error: bad status code - 401" {
			t.Errorf("it says %v", err)
		}
	})
}

func checkTelegraf(t *testing.T, c *xmlrpc.Client) {
	t.Helper()
	var identification string
	must(t, c.Call("supervisor.getIdentification", nil, &identification))
	same(t, "getIdentification", identification, "supervisor")
	var state telegrafState
	must(t, c.Call("supervisor.getState", nil, &state))
	same(t, "getState", state, telegrafState{1, "RUNNING"})

	var all []telegrafProcess
	must(t, c.Call("supervisor.getAllProcessInfo", nil, &all))
	if len(all) != len(expected) {
		t.Fatalf("getAllProcessInfo: %d processes, want %d: %+v", len(all), len(expected), all)
	}
	for i, p := range all {
		want := expected[i]
		same(t, "getAllProcessInfo",
			processInfo{Name: p.Name, Group: p.Group, State: int(p.State), StateName: p.StateName,
				SpawnErr: p.SpawnErr, ExitStatus: int(p.ExitStatus)}, want)
		if (p.Pid > 1) != (want.StateName == "RUNNING") || !descriptions[p.StateName].MatchString(p.Description) {
			t.Errorf("%+v", p)
		}
		// The uptime of its measurements.
		if up := p.Now - p.Start; want.StateName == "RUNNING" && (up < 0 || up > 300) {
			t.Errorf("%s has been up for %d s: %+v", p.Name, up, p)
		}
	}
}

// What others do with the same library: "wait" as a number, one parameter
// without a list, and faults by their text, which is all that net/rpc keeps.
func checkCalls(t *testing.T, c *xmlrpc.Client) {
	t.Helper()
	var done bool
	must(t, c.Call("supervisor.startProcess", []any{"idle", true}, &done))
	same(t, "startProcess", done, true)
	must(t, c.Call("supervisor.stopProcess", []any{"idle", 1}, &done))
	same(t, "stopProcess", done, true)
	err := c.Call("supervisor.stopProcess", "idle", &done)
	if err == nil || err.Error() != "Fault(70): NOT_RUNNING: idle" {
		t.Errorf("stopProcess of what is stopped: %v", err)
	}
}
