//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// bench is one run of everything.
type bench struct {
	settings
	found  []*peer
	dir    string // of the lives
	memory string // of what of them is better not on a disk
	table  *table
	lives  int
	failed bool
}

// A scenario is one kind of life. The peers that can live it take turns.
type scenario struct {
	name string
	rows []string // the names of all that it measures
	does job
	// may says which peers take part, of those that can; nil: all.
	may func(p *peer) bool
	run func(ctx context.Context, p *peer) error
}

// scenarios lists all of them, in the order of the table.
func (b *bench) scenarios() []scenario {
	var all []scenario
	for _, n := range b.sizes() {
		all = append(all, b.bootScenario(n))
	}
	all = append(all, b.logScenarios()...)
	all = append(all, b.loadScenarios()...)
	return append(all, b.clientScenario())
}

// sizes are all numbers of programs, smallest first.
func (b *bench) sizes() []int {
	all := slices.Concat(b.common, b.large)
	slices.Sort(all)
	return slices.Compact(all)
}

// run lets the peers have their turns, round by round. A peer that fails is
// noted, and the others go on.
func (b *bench) run(ctx context.Context) error {
	all := slices.DeleteFunc(b.scenarios(), func(s scenario) bool { return !b.wantsAny(s.rows...) })
	if len(all) == 0 {
		return fmt.Errorf("-rows %q: no row of this run matches", b.only)
	}
	if len(b.found) == 0 {
		return fmt.Errorf("-peers %q: there is no such peer here", b.peers)
	}
	for round := range b.rounds {
		b.table.round = round
		for _, s := range all {
			for _, p := range b.found {
				if !p.can(s.does) || (s.may != nil && !s.may(p)) {
					continue
				}
				b.say("round %d of %d: %s: %s", round+1, b.rounds, s.name, p.name)
				err := s.run(ctx, p)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err != nil {
					b.failed = true
					b.table.note("%s: %s: %v", p.name, s.name, err)
					b.say("%s: %s: %v", p.name, s.name, err)
				}
			}
		}
	}
	return nil
}

// wants says whether a row is asked for.
func (b *bench) wants(row string) bool { return b.only.MatchString(row) }

// wantsAny says whether one of the rows is asked for.
func (b *bench) wantsAny(rows ...string) bool { return slices.ContainsFunc(rows, b.wants) }

// say tells the terminal what is going on.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s %s\n", time.Now().Format("15:04:05"), fmt.Sprintf(format, args...))
}

// tool is the path of a program that scripts/bench has compiled.
func (b *bench) tool(name string) string { return filepath.Join(b.tools, name) }

// ending closes a life and keeps the first error.
func ending(l *life, err *error) { *err = errors.Join(*err, l.close()) }

// rest lets time pass: idleness is measured over a time.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

// number writes a number of programs as in the names of rows: 1,000.
func number(n int) string {
	digits := fmt.Sprint(n)
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, parts...), ",")
}

// programs writes "N programs".
func programs(n int) string {
	if n == 1 {
		return "1 program"
	}
	return number(n) + " programs"
}
