package supervisor

import (
	"slices"
	"testing"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// update does what supervisorctl update does.
func (b *bench) update() {
	b.T.Helper()
	ctx := b.T.Context()
	ch, err := b.ReloadConfig(ctx)
	if err != nil {
		b.T.Fatal(err)
	}
	must := func(ok any, err error) {
		b.T.Helper()
		if err != nil {
			b.T.Fatal(err)
		}
	}
	for _, name := range append(ch[0].Removed, ch[0].Changed...) {
		must(b.StopProcessGroup(ctx, name, true))
		must(b.RemoveProcessGroup(ctx, name))
	}
	for _, name := range append(ch[0].Changed, ch[0].Added...) {
		must(b.AddProcessGroup(ctx, name))
	}
	time.Sleep(1500 * time.Millisecond)
}

func changed(name string) *config.Group {
	return prog(name, func(p *config.Program) { p.Environment = map[string]string{"A": "1"} })
}

func TestHandStoppedStaysDown(t *testing.T) {
	inBubble(t, configOf(prog("a"), prog("b"), prog("c")), newFakeHost(), func(b *bench) {
		time.Sleep(2 * time.Second)
		b.StopProcess(b.T.Context(), "a", true)
		b.config = configOf(changed("a"), changed("b"), prog("c"))
		b.update()
		b.want(map[string]api.State{"a": api.Stopped, "b": api.Running, "c": api.Running})
		b.config = configOf(prog("a"), prog("b"), prog("c"))
		b.update()
		b.want(map[string]api.State{"a": api.Stopped, "b": api.Running, "c": api.Running})
		b.reload()
		time.Sleep(1500 * time.Millisecond)
		b.want(map[string]api.State{"a": api.Stopped, "b": api.Running, "c": api.Running})
		b.StartProcess(b.T.Context(), "a", true)
		b.config = configOf(changed("a"), prog("b"), prog("c"))
		b.update()
		b.want(map[string]api.State{"a": api.Running})
		b.reload()
		time.Sleep(1500 * time.Millisecond)
		b.want(map[string]api.State{"a": api.Running})
	})
}

// A stop of the whole group is the same call that update makes.
func TestGroupStoppedByHandStaysDown(t *testing.T) {
	inBubble(t, configOf(prog("a"), prog("b")), newFakeHost(), func(b *bench) {
		time.Sleep(2 * time.Second)
		b.config = configOf(changed("a"), changed("b"))
		b.ReloadConfig(b.T.Context()) // the operator looks first
		b.StopProcessGroup(b.T.Context(), "a", true)
		b.update()
		b.want(map[string]api.State{"a": api.Stopped, "b": api.Running})
		b.StopAllProcesses(b.T.Context(), true)
		b.reload()
		b.want(map[string]api.State{"a": api.Stopped, "b": api.Stopped})
		b.StartAllProcesses(b.T.Context(), true)
		b.reload()
		time.Sleep(1500 * time.Millisecond)
		b.want(map[string]api.State{"a": api.Running, "b": api.Running})
	})
}

func TestRemovedFromTheConfigurationIsForgotten(t *testing.T) {
	inBubble(t, configOf(prog("a"), prog("b")), newFakeHost(), func(b *bench) {
		time.Sleep(2 * time.Second)
		b.StopProcess(b.T.Context(), "a", true)
		b.config = configOf(prog("b"))
		b.update()
		b.config = configOf(prog("a"), prog("b"))
		b.update()
		b.want(map[string]api.State{"a": api.Running})
	})
}

// Removed and added by hand: the operator who types add wants it up.
func TestAddByHandStarts(t *testing.T) {
	inBubble(t, configOf(prog("a")), newFakeHost(), func(b *bench) {
		time.Sleep(2 * time.Second)
		b.StopProcess(b.T.Context(), "a", true)
		b.RemoveProcessGroup(b.T.Context(), "a")
		b.AddProcessGroup(b.T.Context(), "a")
		time.Sleep(1500 * time.Millisecond)
		b.want(map[string]api.State{"a": api.Running})
	})
}

func TestRestartStoppedOnReload(t *testing.T) {
	c := configOf(prog("a"))
	c.Supervisord.RestartStoppedOnReload = true
	inBubble(t, c, newFakeHost(), func(b *bench) {
		time.Sleep(2 * time.Second)
		b.StopProcess(b.T.Context(), "a", true)
		b.config = configOf(changed("a"))
		b.config.Supervisord.RestartStoppedOnReload = true
		b.update()
		b.want(map[string]api.State{"a": api.Running})
		b.StopProcess(b.T.Context(), "a", true)
		b.reload()
		time.Sleep(1500 * time.Millisecond)
		b.want(map[string]api.State{"a": api.Running})
	})
}

// What an update or a reload stops may leave something behind, as what is
// killed does.
func TestLeftoverOutlivesTheGroup(t *testing.T) {
	host := newFakeHost()
	host.does["a"] = &behaviour{leaves: true}
	inBubble(t, configOf(prog("a")), host, func(b *bench) {
		time.Sleep(2 * time.Second)
		first := b.pid("a")
		b.config = configOf(changed("a"))
		b.update()
		second := b.pid("a")
		b.reload()
		time.Sleep(1500 * time.Millisecond)
		if want := []int{first, second}; !slices.Equal(host.leftovers, want) {
			t.Errorf("ended %v, want %v", host.leftovers, want)
		}
	})
}

func (b *bench) pid(name string) int {
	b.T.Helper()
	info, err := b.GetProcessInfo(b.T.Context(), name)
	if err != nil {
		b.T.Fatal(err)
	}
	return info.PID
}

// Who restarts a program wants it up, also when its command is missing just now.
func TestFailedStartReleases(t *testing.T) {
	host := newFakeHost()
	inBubble(t, configOf(prog("a")), host, func(b *bench) {
		time.Sleep(2 * time.Second)
		b.StopProcess(b.T.Context(), "a", true)
		host.does["a"] = &behaviour{missing: true}
		if _, err := b.StartProcess(b.T.Context(), "a", true); err == nil {
			t.Error("started without a command")
		}
		delete(host.does, "a")
		b.reload()
		time.Sleep(1500 * time.Millisecond)
		b.want(map[string]api.State{"a": api.Running})
	})
}
