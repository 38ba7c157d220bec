package supervisor

import (
	"testing"

	"supervisord/pkg/config"
)

// A group that is removed and added again keeps its AUTO logs, and they are
// known in between; after a reread they are chosen anew.
func TestAddedAgainKeepsLogs(t *testing.T) {
	auto := func() *config.Config {
		return configOf(prog("a", func(p *config.Program) { p.Stdout.Logfile.Kind = config.LogAuto }))
	}
	inBubble(t, auto(), newFakeHost(), func(b *bench) {
		ctx := b.T.Context()
		want := func(prepared int, logfile string) {
			b.T.Helper()
			infos, err := b.GetAllConfigInfo(ctx)
			if err != nil {
				b.T.Fatal(err)
			}
			if b.host.prepared != prepared || infos[0].StdoutLogfile != logfile {
				b.T.Errorf("logs chosen %d times, want %d; %q, want %q", b.host.prepared, prepared, infos[0].StdoutLogfile, logfile)
			}
		}
		remove := func() {
			b.T.Helper()
			if _, err := b.StopProcessGroup(ctx, "a", true); err != nil {
				b.T.Fatal(err)
			}
			if _, err := b.RemoveProcessGroup(ctx, "a"); err != nil {
				b.T.Fatal(err)
			}
		}
		add := func() {
			b.T.Helper()
			if _, err := b.AddProcessGroup(ctx, "a"); err != nil {
				b.T.Fatal(err)
			}
		}
		want(1, "/log/a")
		remove()
		want(1, "/log/a")
		add()
		want(1, "/log/a")
		b.config = auto()
		if _, err := b.ReloadConfig(ctx); err != nil {
			b.T.Fatal(err)
		}
		want(1, "auto")
		remove()
		add()
		want(2, "/log/a")
	})
}
