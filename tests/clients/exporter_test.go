package clients_test

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"supervisord/tests/harness"
)

// The collector of Prometheus' node exporter. The exporter itself is run by the
// daemon that it looks at, as many do.
func TestNodeExporter(t *testing.T) {
	t.Parallel()
	exporter, err := exec.LookPath("prometheus-node-exporter")
	if err != nil {
		harness.Need(t, "prometheus-node-exporter")
	}
	s := newServer(t)
	ports := harness.FreePorts(t, 2)
	run := func(name, url string, port int) string {
		return fmt.Sprintf("[program:%s]\ncommand=%s --collector.disable-defaults --collector.supervisord "+
			"--collector.supervisord.url=%s --web.listen-address=127.0.0.1:%d\nstartsecs=0\n", name, exporter, url, port)
	}
	// It has no way to give a password to a unix socket.
	open := "[unix_http_server]\nusername=\npassword=\n[supervisorctl]\nusername=\npassword=\n"
	s.configure(open + walkPrograms +
		run("by_inet", login(s.inet)+"/RPC2", ports[0]) + run("by_unix", s.unix, ports[1]))
	s.Start()
	s.await(t, map[string]string{"web": "RUNNING", "missing": "FATAL", "ended": "EXITED", "killed": "EXITED",
		"pair:pair_00": "RUNNING", "pair:pair_01": "RUNNING", "talk": "RUNNING"})
	for _, port := range ports {
		checkMetrics(t, fmt.Sprintf("http://127.0.0.1:%d/metrics", port))
	}
}

var metric = regexp.MustCompile(`(?m)^node_supervisord_(\w+)\{group="(\w+)",name="(\w+)"\} (\S+)$`)

func checkMetrics(t *testing.T, url string) {
	t.Helper()
	page := harness.AwaitPage(t, url, 200, func(body string) bool {
		return strings.Contains(body, "node_supervisord_up")
	})
	if !strings.Contains(page, `node_scrape_collector_success{collector="supervisord"} 1`) {
		t.Errorf("%s: the collector has failed: %s", url, page)
	}
	values := map[string]float64{}
	for _, found := range metric.FindAllStringSubmatch(page, -1) {
		value, err := strconv.ParseFloat(found[4], 64)
		must(t, err)
		values[found[1]+" "+found[2]+":"+found[3]] = value
	}
	for _, p := range expected {
		name := p.Group + ":" + p.Name
		up := 0.0
		if p.StateName == "RUNNING" {
			up = 1
			since := time.Since(time.Unix(int64(values["start_time_seconds "+name]), 0))
			if since < -time.Second || since > 5*time.Minute {
				t.Errorf("%s: %s has been up for %v", url, name, since)
			}
		}
		for what, want := range map[string]float64{
			"state": float64(p.State), "exit_status": float64(p.ExitStatus), "up": up,
		} {
			if got, there := values[what+" "+name]; !there || got != want {
				t.Errorf("%s: %s of %s is %v (there: %t), want %v", url, what, name, got, there, want)
			}
		}
	}
}
