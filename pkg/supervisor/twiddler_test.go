package supervisor

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// add adds a program to a group and fails the test if that is refused.
func (b *bench) add(group, program string, options api.ProgramOptions) {
	b.T.Helper()
	options["command"] = "/bin/" + program
	if ok, err := b.Twiddler().AddProgramToGroup(b.T.Context(), group, api.Text(program), options); !ok || err != nil {
		b.T.Fatalf("add %s to %s: %v", program, group, err)
	}
}

// refused checks the fault of an answer.
func (b *bench) refused(ok bool, err error, want string) {
	b.T.Helper()
	if ok || err == nil || err.Error() != want {
		b.T.Errorf("answered %v, %v; want the fault %q", ok, err, want)
	}
}

// configured lists the processes of the configuration as getAllConfigInfo does.
func (b *bench) configured() string {
	b.T.Helper()
	infos, err := b.GetAllConfigInfo(b.T.Context())
	if err != nil {
		b.T.Fatal(err)
	}
	var names []string
	for _, i := range infos {
		names = append(names, i.Group+":"+i.Name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// changed lists the groups that a reread finds changed.
func (b *bench) changed() string {
	b.T.Helper()
	changes, err := b.ReloadConfig(b.T.Context())
	if err != nil {
		b.T.Fatal(err)
	}
	return strings.Join(changes[0].Changed, " ")
}

// A program that is added runs, is listed and is part of the group's
// configuration, until it is removed.
func TestTwiddlerAddsAndRemoves(t *testing.T) {
	inBubble(t, configOf(prog("web"), &config.Group{Name: "pool"}), newFakeHost(), func(b *bench) {
		b.add("pool", "worker", api.ProgramOptions{"numprocs": 2, "process_name": "worker_%(process_num)d", "startsecs": "2"})
		b.add("pool", "later", api.ProgramOptions{"autostart": false, "stdout_logfile": "NONE"})
		b.want(map[string]api.State{"pool:worker_0": api.Starting, "pool:worker_1": api.Starting, "pool:later": api.Stopped})
		time.Sleep(2 * time.Second)
		b.want(map[string]api.State{"pool:worker_0": api.Running, "pool:worker_1": api.Running})
		if got, want := b.configured(), "pool:later pool:worker_0 pool:worker_1 web:web"; got != want {
			t.Errorf("configured are %s, want %s", got, want)
		}

		tw := b.Twiddler()
		ok, err := tw.RemoveProcessFromGroup(b.T.Context(), "pool", "worker_1")
		b.refused(ok, err, "STILL_RUNNING: worker_1")
		if _, err := b.StopProcess(b.T.Context(), "pool:worker_1", true); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"worker_1", "later"} {
			if ok, err := tw.RemoveProcessFromGroup(b.T.Context(), "pool", name); !ok || err != nil {
				t.Errorf("remove %s: %v", name, err)
			}
		}
		if got, want := b.configured(), "pool:worker_0 web:web"; got != want {
			t.Errorf("configured are %s, want %s", got, want)
		}
		ok, err = tw.RemoveProcessFromGroup(b.T.Context(), "pool", "worker_1")
		b.refused(ok, err, "BAD_NAME: worker_1")
		ok, err = tw.RemoveProcessFromGroup(b.T.Context(), "nope", "worker_1")
		b.refused(ok, err, "BAD_NAME: group: nope")
		names, err := tw.GetGroupNames(b.T.Context())
		if err != nil || strings.Join(names, " ") != "web pool" {
			t.Errorf("groups %v, %v", names, err)
		}
	})
}

// What the twiddler has changed is a difference to the file at the next reread;
// until then the group keeps it over a removal.
func TestTwiddledGroupAndFile(t *testing.T) {
	inBubble(t, configOf(prog("web"), prog("idle")), newFakeHost(), func(b *bench) {
		b.add("web", "more", api.ProgramOptions{})
		synctest.Wait()
		if _, err := b.StopProcessGroup(b.T.Context(), "web", true); err != nil {
			t.Fatal(err)
		}
		if ok, err := b.RemoveProcessGroup(b.T.Context(), "web"); !ok {
			t.Fatal(err)
		}
		if ok, err := b.AddProcessGroup(b.T.Context(), "web"); !ok {
			t.Fatal(err)
		}
		b.want(map[string]api.State{"web": api.Starting, "web:more": api.Starting})
		if got := b.changed(); got != "web" {
			t.Errorf("changed by adding: %q", got)
		}
		if got := b.configured(); got != "idle:idle web:web" {
			t.Errorf("after the reread the file counts, but configured are %s", got)
		}
		if _, err := b.StopProcess(b.T.Context(), "web:more", true); err != nil {
			t.Fatal(err)
		}
		if ok, err := b.Twiddler().RemoveProcessFromGroup(b.T.Context(), "web", "more"); !ok {
			t.Fatal(err)
		}
		if got := b.changed(); got != "" {
			t.Errorf("changed after it is as in the file again: %q", got)
		}
		b.reload()
		b.want(map[string]api.State{"web": api.Starting, "idle": api.Starting})
	})
}

// Only what is down can be removed; what is due to be restarted is, and is then
// not restarted.
func TestTwiddlerRemovesWhatIsDown(t *testing.T) {
	host := newFakeHost()
	host.does["quick"] = &behaviour{exitsAfter: time.Millisecond, exitCode: 1}
	host.does["again"] = &behaviour{exitsAfter: 5 * time.Second, spawnTakes: time.Second}
	again := prog("again", func(p *config.Program) { p.AutoRestart = config.RestartAlways })
	inBubble(t, configOf(prog("quick"), again), host, func(b *bench) {
		time.Sleep(100 * time.Millisecond)
		b.want(map[string]api.State{"quick": api.Backoff, "again": api.Starting})
		for _, name := range []string{"quick", "again"} {
			ok, err := b.Twiddler().RemoveProcessFromGroup(b.T.Context(), name, name)
			b.refused(ok, err, "STILL_RUNNING: "+name)
		}
		time.Sleep(20 * time.Second)
		b.want(map[string]api.State{"quick": api.Fatal})
		if ok, err := b.Twiddler().RemoveProcessFromGroup(b.T.Context(), "quick", "quick"); !ok {
			t.Fatal(err)
		}
	})
}

// A verb that has looked a process up does not act on it after it was removed.
func TestRemovedProcessIsNotStarted(t *testing.T) {
	host := newFakeHost()
	inBubble(t, configOf(prog("web", func(p *config.Program) { p.Autostart = false })), host, func(b *bench) {
		var p *proc
		if err := b.do(b.T.Context(), func() { p = b.find("web", "web") }); err != nil {
			t.Fatal(err)
		}
		if ok, err := b.Twiddler().RemoveProcessFromGroup(b.T.Context(), "web", "web"); !ok {
			t.Fatal(err)
		}
		results := make(chan result, 1)
		if err := b.begin(b.T.Context(), b.startVerb(false), []target{{p, "web"}}, results); err != nil {
			t.Fatal(err)
		}
		if r := <-results; r.err == nil || r.err.Error() != "BAD_NAME: web" {
			t.Errorf("started: %v", r.err)
		}
		if len(host.spawned) > 0 {
			t.Errorf("spawned %v", host.spawned)
		}
	})
}

// The wish of who adds a program is younger than that of who stopped one of the
// same name.
func TestTwiddlerAddsWhatWasStopped(t *testing.T) {
	inBubble(t, configOf(prog("web")), newFakeHost(), func(b *bench) {
		b.add("web", "more", api.ProgramOptions{})
		synctest.Wait()
		if _, err := b.StopProcess(b.T.Context(), "web:more", true); err != nil {
			t.Fatal(err)
		}
		if ok, err := b.Twiddler().RemoveProcessFromGroup(b.T.Context(), "web", "more"); !ok {
			t.Fatal(err)
		}
		b.add("web", "more", api.ProgramOptions{})
		b.want(map[string]api.State{"web:more": api.Starting})
	})
}

// What cannot be added is refused with the fault of the plug-in, and leaves the
// group as it was.
func TestTwiddlerRefuses(t *testing.T) {
	listeners := &config.Group{Name: "listeners", Kind: config.ListenerPool, Pool: &config.Pool{BufferSize: 1}}
	inBubble(t, configOf(prog("web"), listeners), newFakeHost(), func(b *bench) {
		const at = " in section 'program:x' (file: '')"
		for _, c := range []struct {
			group   string
			options api.ProgramOptions
			want    string
		}{
			{"nope", api.ProgramOptions{"command": "x"}, "BAD_NAME: group: nope"},
			{"web", api.ProgramOptions{}, "INCORRECT_PARAMETERS: program section program:x does not specify a command" + at},
			{"web", api.ProgramOptions{"command": "x", "startsecs": "soon"}, "INCORRECT_PARAMETERS: invalid literal for int() with base 10: 'soon'" + at},
			{"web", api.ProgramOptions{"command": "x", "numprocs": 2}, "INCORRECT_PARAMETERS: %(process_num) must be present within process_name when numprocs > 1" + at},
			{"web", api.ProgramOptions{"command": "x", "environment": []any{}}, "INCORRECT_PARAMETERS: the option environment is no string, number or boolean"},
			{"web", api.ProgramOptions{"command": "x", "process_name": "web"}, "BAD_NAME: web"},
			{"listeners", api.ProgramOptions{"command": "x"}, "FAILED: listeners is a group of event listeners, which a program cannot be; add it to another group"},
		} {
			ok, err := b.Twiddler().AddProgramToGroup(b.T.Context(), c.group, "x", c.options)
			b.refused(ok, err, c.want)
		}
		if got := b.configured(); got != "web:web" {
			t.Errorf("configured are %s", got)
		}
	})
}

// The log takes the levels by their codes and numbers.
func TestTwiddlerLogs(t *testing.T) {
	inBubble(t, configOf(), newFakeHost(), func(b *bench) {
		for level, code := range map[api.LogLevel]string{"20": "INFO", "warn": "WARN", "ERRO": "ERRO", "50": "CRIT"} {
			if ok, err := b.Twiddler().Log(b.T.Context(), "100% of "+api.Text(level), level); !ok || err != nil {
				t.Errorf("level %s: %v", level, err)
			}
			if want := code + " 100% of " + string(level); b.log.count(want) != 1 {
				t.Errorf("there is no %q in\n%s", want, b.log.text())
			}
		}
		for _, level := range []api.LogLevel{"21", "critical", ""} {
			ok, err := b.Twiddler().Log(b.T.Context(), "x", level)
			b.refused(ok, err, "INCORRECT_PARAMETERS")
		}
	})
}
