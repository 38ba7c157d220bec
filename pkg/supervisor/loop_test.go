package supervisor

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

func TestBootStartsInPriorityOrder(t *testing.T) {
	c := configOf(
		prog("late", func(p *config.Program) { p.Priority = 1000 }),
		prog("b"), prog("a"),
		prog("early", func(p *config.Program) { p.Priority = 1 }),
		prog("manual", func(p *config.Program) { p.Autostart = false }),
	)
	inBubble(t, c, newFakeHost(), func(b *bench) {
		time.Sleep(1100 * time.Millisecond)
		b.want(map[string]api.State{"late": api.Running, "early": api.Running, "manual": api.Stopped})
		if want := []string{"early", "b", "a", "late"}; !slices.Equal(b.host.spawned, want) {
			t.Errorf("started %v, want %v", b.host.spawned, want)
		}
	})
}

// startretries=3: attempts at about 0, 1, 3 and 6 seconds, then FATAL.
func TestGivesUp(t *testing.T) {
	host := newFakeHost()
	host.does["bad"] = &behaviour{exitsAfter: 100 * time.Millisecond, exitCode: 1}
	inBubble(t, configOf(prog("bad")), host, func(b *bench) {
		began := time.Now()
		for b.state("bad") != api.Fatal {
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(began); took < 6300*time.Millisecond || took > 6500*time.Millisecond {
			t.Errorf("FATAL after %v", took)
		}
		if len(host.spawned) != 4 {
			t.Errorf("%d attempts", len(host.spawned))
		}
		if b.log.count("gave up: bad entered FATAL state, too many start retries too quickly") != 1 {
			t.Error(b.log.text())
		}
	})
}

func TestStopKillsAfterStopwaitsecs(t *testing.T) {
	host := newFakeHost()
	host.does["deaf"] = &behaviour{ignores: map[syscall.Signal]bool{syscall.SIGTERM: true}}
	inBubble(t, configOf(prog("deaf")), host, func(b *bench) {
		time.Sleep(2 * time.Second)
		began := time.Now()
		if r, err := b.StopProcess(b.T.Context(), "deaf", true); err != nil || r != true {
			t.Fatal(r, err)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("stopped after %v", took)
		}
		if want := []string{"deaf SIGTERM", "deaf SIGKILL"}; !slices.Equal(host.signals, want) {
			t.Errorf("signals %v", host.signals)
		}
		// At once, and then every two seconds.
		if n := b.log.count("waiting for deaf to stop"); n < 4 || n > 6 {
			t.Errorf("said %d times that it waits", n)
		}
	})
}

// Five of equal priority that ignore TERM cost stopwaitsecs once; another
// priority is strictly apart.
func TestShutdownByPriority(t *testing.T) {
	host := newFakeHost()
	deaf := &behaviour{ignores: map[syscall.Signal]bool{syscall.SIGTERM: true}}
	var groups []*config.Group
	for i := range 5 {
		name := fmt.Sprintf("deaf%d", i)
		host.does[name] = deaf
		groups = append(groups, prog(name))
	}
	host.does["db"] = &behaviour{dieTakes: 3 * time.Second}
	groups = append(groups, prog("db", func(p *config.Program) { p.Priority = 1 }),
		prog("web", func(p *config.Program) { p.Priority = 1000 }))
	inBubble(t, configOf(groups...), host, func(b *bench) {
		time.Sleep(2 * time.Second)
		began := time.Now()
		b.Signal(syscall.SIGTERM)
		b.Signal(syscall.SIGHUP) // too late
		b.Signal(syscall.SIGTERM)
		e := <-b.ending
		b.ending <- e
		if took := time.Since(began); took != 13*time.Second {
			t.Errorf("took %v", took)
		}
		if e != Shutdown || host.signals[0] != "web SIGTERM" || host.signals[len(host.signals)-1] != "db SIGTERM" {
			t.Errorf("%v %v", e, host.signals)
		}
		if n := b.log.count("WARN ignored SIGHUP indicating restart request (shutdown in progress)"); n != 1 {
			t.Error(b.log.text())
		}
		if n := b.log.count("waiting for deaf0, deaf1"); n < 1 {
			t.Error(b.log.text())
		}
		if _, err := b.GetState(b.T.Context()); err == nil {
			t.Log("still answered") // the caller's gate refuses; nothing hangs
		}
	})
}

func TestShutdownDuringBoot(t *testing.T) {
	host := newFakeHost()
	var groups []*config.Group
	for i := range 50 {
		name := fmt.Sprintf("p%02d", i)
		host.does[name] = &behaviour{spawnTakes: time.Duration(i) * 10 * time.Millisecond}
		if i%7 == 0 {
			host.does[name].spawnFails = "can't find command 'x'"
		}
		groups = append(groups, prog(name))
	}
	host.does["stuck"] = &behaviour{spawnTakes: time.Hour}
	groups = append(groups, prog("stuck"))
	inBubble(t, configOf(groups...), host, func(b *bench) {
		time.Sleep(200 * time.Millisecond)
		began := time.Now()
		b.Signal(syscall.SIGINT)
		b.ending <- <-b.ending
		if took := time.Since(began); took > spawnPatience+reportEvery {
			t.Errorf("a spawn that hangs was waited for %v", took)
		}
	})
}

func TestStopWhileSpawning(t *testing.T) {
	host := newFakeHost()
	host.does["slow"] = &behaviour{spawnTakes: 5 * time.Second}
	inBubble(t, configOf(prog("slow")), host, func(b *bench) {
		synctest.Wait()
		b.want(map[string]api.State{"slow": api.Starting})
		if r, err := b.StopProcess(b.T.Context(), "slow", true); err != nil || r != true {
			t.Fatal(r, err)
		}
		b.want(map[string]api.State{"slow": api.Stopped})
		if want := []string{"slow SIGTERM"}; !slices.Equal(host.signals, want) {
			t.Error(host.signals)
		}
	})
}

func TestRestartPace(t *testing.T) {
	host := newFakeHost()
	host.does["spin"] = &behaviour{exitsAfter: time.Millisecond}
	host.does["long"] = &behaviour{exitsAfter: 5 * time.Second, exitCode: 3}
	always := func(p *config.Program) { p.AutoRestart = config.RestartAlways; p.StartSecs = 0 }
	inBubble(t, configOf(prog("spin", always), prog("long", always)), host, func(b *bench) {
		time.Sleep(10*time.Second + 500*time.Millisecond)
		count := map[string]int{}
		host.mu.Lock()
		for _, n := range host.spawned {
			count[n]++
		}
		host.mu.Unlock()
		if count["spin"] != 11 || count["long"] != 3 {
			t.Errorf("started %v", count)
		}
	})
}

func TestLeftoverIsEndedBeforeTheNextStart(t *testing.T) {
	host := newFakeHost()
	host.does["uwsgi"] = &behaviour{leaves: true}
	inBubble(t, configOf(prog("uwsgi")), host, func(b *bench) {
		time.Sleep(2 * time.Second)
		info, _ := b.GetProcessInfo(b.T.Context(), "uwsgi")
		host.Kill(info.PID, syscall.SIGKILL, false)
		time.Sleep(2 * time.Second)
		b.want(map[string]api.State{"uwsgi": api.Running})
		if !slices.Equal(host.leftovers, []int{info.PID}) {
			t.Errorf("groups ended: %v", host.leftovers)
		}
	})
}

func TestThousand(t *testing.T) {
	var groups []*config.Group
	for i := range 1000 {
		groups = append(groups, prog(fmt.Sprintf("p%04d", i)))
	}
	inBubble(t, configOf(groups...), newFakeHost(), func(b *bench) {
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		all, err := b.GetAllProcessInfo(b.T.Context())
		if err != nil || len(all) != 1000 {
			t.Fatal(len(all), err)
		}
		for i, info := range all {
			if info.State != api.Running || info.Name != fmt.Sprintf("p%04d", i) {
				t.Fatal(info)
			}
			if !strings.HasPrefix(info.Description, "pid ") {
				t.Fatal(info.Description)
			}
		}
	})
}
