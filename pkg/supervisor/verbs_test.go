package supervisor

import (
	"slices"
	"testing"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// Results come in the order in which the processes were acted on, but for those
// that need a second more than others.
func TestOrderOfResults(t *testing.T) {
	h := newFakeHost()
	h.does["a"] = &behaviour{dieTakes: 300 * time.Millisecond}
	h.does["c"] = &behaviour{dieTakes: 2500 * time.Millisecond}
	h.does["d"] = &behaviour{dieTakes: 1200 * time.Millisecond}
	h.does["f"] = &behaviour{missing: true}
	manual := func(p *config.Program) { p.Autostart = false }
	c := configOf(prog("a"), prog("b"), prog("c"), prog("d"), prog("e"), prog("f", manual))
	inBubble(t, c, h, func(b *bench) {
		names := func(r []api.Result, err error) (names []string) {
			if err != nil {
				t.Error(err)
			}
			for _, r := range r {
				names = append(names, r.Name)
			}
			return names
		}
		time.Sleep(2 * time.Second)
		if got := names(b.StopAllProcesses(b.T.Context(), true)); !slices.Equal(got, []string{"a", "b", "e", "d", "c"}) {
			t.Errorf("stopped: %q", got)
		}
		if got := names(b.StartAllProcesses(b.T.Context(), true)); !slices.Equal(got, []string{"f", "a", "b", "c", "d", "e"}) {
			t.Errorf("started: %q", got)
		}
	})
}
