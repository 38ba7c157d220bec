package spawn

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A thousand programs with known exit codes, among them orphans that are
// re-parented to us and starts that fail: every code is right, every orphan is
// told once as a stranger, and no fork of a failed start is told at all. The
// orphans exit with 253, as such forks do.
func TestExitCodesAmongOrphans(t *testing.T) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	defer unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	const programs, starters = 1000, 4
	f := newFamily(t)
	null := openNull(t)
	missing := filepath.Join(t.TempDir(), "missing")

	var group sync.WaitGroup
	for s := range starters {
		group.Go(func() {
			for i := s; i < programs; i += starters {
				code, spec := i%250, sh(`exit $1`, fmt.Sprint(i%250))
				switch {
				case i%5 == 0:
					spec = sh(`( (exit 253) & ); exit $1`, fmt.Sprint(code))
				case i%50 == 1: // the quick way fails, then the stage
					code, spec.File = stageFailed, missing
				}
				spec.Stdin, spec.Stdout, spec.Stderr = null, null, null
				_, end, err := f.start(spec)
				if err != nil {
					t.Error(err)
					return
				}
				group.Go(func() {
					select {
					case e := <-end:
						if got, text := Describe(e.Status); got != code {
							t.Errorf("%s, want exit status %d", text, code)
						}
					case <-time.After(deadline):
						t.Error("the end of a program was lost")
					}
				})
			}
		})
	}
	group.Wait()

	for n := range programs / 5 {
		select {
		case e := <-f.strangers:
			if code, text := Describe(e.Status); code != 253 {
				t.Errorf("a stranger: %s", text)
			}
		case <-time.After(deadline):
			t.Fatalf("%d orphans were told of, want %d", n, programs/5)
		}
	}
	f.Close()
	if n := len(f.strangers); n > 0 {
		t.Errorf("%d strangers too many", n)
	}
	if pid := ended(); pid != 0 {
		t.Errorf("process %d is left as a zombie", pid)
	}
	if len(f.known) != 0 {
		t.Errorf("%d ended children are still known", len(f.known))
	}
}
