package clients_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

// Ansible's module supervisorctl, which reads what the client prints. What has
// been done already must not be done again.
func TestAnsible(t *testing.T) {
	t.Parallel()
	harness.Need(t, "ansible-playbook", python,
		"/usr/lib/python3/dist-packages/ansible_collections/community/general/plugins/modules/supervisorctl.py")
	s := newServer(t)
	must(t, os.Mkdir(s.Path("conf.d"), 0o755))
	s.Write("conf.d/web.conf", "[program:web]\ncommand=sleep 1000\nstartsecs=0\n")
	s.configure("[include]\nfiles=%(here)s/conf.d/*.conf\n\n" +
		"[program:pair]\ncommand=sleep 1000\nprocess_name=%(program_name)s_%(process_num)02d\nnumprocs=2\nstartsecs=0\n")
	s.Start()
	s.await(t, map[string]string{"web": "RUNNING", "pair:pair_00": "RUNNING", "pair:pair_01": "RUNNING"})

	s.Env = append(s.Env, "ANSIBLE_STDOUT_CALLBACK=ansible.posix.json", "ANSIBLE_HOME="+s.Path("ansible"),
		"ANSIBLE_PIPELINING=true", "ANSIBLE_LOCALHOST_WARNING=false")
	r := s.Command("ansible-playbook", "-i", "here,", "-c", "local", "-e", "ansible_python_interpreter="+python,
		"-e", "client="+harness.ClientPath(), "-e", "dir="+s.Dir, "-e", "url="+s.inet,
		"-e", "user="+user, "-e", "password="+password, testdata(t, "playbook.yml"))
	if r.Code != 0 {
		t.Fatal(r)
	}
	checkPlay(t, r)
	args, ok := harness.Lookup(s.PidOf("web"))
	if !ok || args.Command != "sleep 2000" {
		t.Errorf("web runs as %v (%t), not with its changed command", args, ok)
	}
}

// checkPlay compares each task's result with what its name says of it.
func checkPlay(t *testing.T, r harness.Result) {
	t.Helper()
	var report struct {
		Plays []struct {
			Tasks []struct {
				Task  struct{ Name string }
				Hosts map[string]struct {
					Changed, Failed bool
					Msg             string
					Affected        []string
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(r.Stdout), &report); err != nil || len(report.Plays) != 1 {
		t.Fatalf("%v: %v", err, r)
	}
	tasks := report.Plays[0].Tasks
	if len(tasks) < 20 {
		t.Errorf("only %d tasks were played: %v", len(tasks), r)
	}
	for _, task := range tasks {
		_, want, _ := strings.Cut(task.Task.Name, " | ")
		result := task.Hosts["here"]
		slices.Sort(result.Affected)
		got := "ok"
		switch {
		case result.Failed:
			got = "failed " + strings.TrimSpace(result.Msg)
		case result.Changed:
			got = strings.Join(append([]string{"changed"}, result.Affected...), " ")
		}
		if got != want {
			t.Errorf("%s: got %q, %s", task.Task.Name, got, result.Msg)
		}
	}
}
