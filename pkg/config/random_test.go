package config

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	fuzzSeconds = flag.Int("fuzzseconds", 0, "compare random configurations for that long (0: the built-in 400)")
	fuzzSeed    = flag.Uint64("fuzzseed", 1, "seed of the first random configuration")
)

// A rig reads configurations on both sides, in one directory.
type rig struct {
	t      *testing.T
	oracle *oracle
	here   string
}

// put makes the directory hold the files of a case and nothing else.
func (r *rig) put(c loadCase) {
	r.t.Helper()
	entries, err := os.ReadDir(r.here)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(r.here, e.Name())); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := c.writeTo(r.here); err != nil {
		r.t.Fatal(err)
	}
}

// differ says where the two sides differ, "" if they do not. loaded says whether
// ours took the configuration.
func (r *rig) differ(c loadCase) (difference string, loaded bool) {
	r.t.Helper()
	r.put(c)
	var want map[string]any
	r.oracle.ask(r.t, loadQuestion{r.here, c.commandLine()}, &want)
	config, err := Load("supervisord.conf", c.flags())
	if err != nil {
		if want["traceback"] != nil {
			return "", false // no-traceback: an error instead
		}
		return differentWords(c, err, want["error"]), false
	}
	if want["error"] != nil || want["traceback"] != nil {
		return fmt.Sprintf("ours takes it; Supervisor says %v%v", want["error"], want["traceback"]), true
	}
	dropDoubles(want)
	if got := answerOf(r.t, config); !reflect.DeepEqual(got, want) {
		return strings.Join(differences("", got, want), "\n"), true
	}
	return "", true
}

// differentWords says how our error differs from Supervisor's, which is nil if it
// takes the configuration; "" if it does not.
func differentWords(c loadCase, err error, theirs any) string {
	expected, refused := theirs.(string)
	got := err.Error()
	switch {
	case strings.Contains(expected, " {'here': "):
		return "" // it prints all names, in an order of its own
	case refused && (got == expected || afterSection(got) == afterSection(expected)):
		return ""
	}
	// Of an fcgi-program in a group Supervisor does not read the socket
	// (fcgi-group): without what is wrong with sockets the errors are its own.
	var all Errors
	if c.hasGroup() && errors.As(err, &all) {
		rest := slices.DeleteFunc(slices.Clone(all), func(e *OptionError) bool {
			return strings.HasPrefix(e.Section, "fcgi-program:") && strings.HasPrefix(e.Option, "socket")
		})
		if len(rest) == 0 && !refused || len(rest) > 0 && len(rest) < len(all) && rest.Error() == expected {
			return ""
		}
	}
	if !refused {
		return fmt.Sprintf("ours refuses it: %v", err)
	}
	return fmt.Sprintf(" got %q\nwant %q", got, expected)
}

// hasGroup says whether the configuration has a group.
func (c loadCase) hasGroup() bool {
	text := c.root
	for _, more := range c.files {
		text += more
	}
	return strings.Contains(text, "[group:")
}

// smallest leaves out lines and files as long as the two sides still differ.
func (r *rig) smallest(c loadCase) loadCase {
	without := func(text string, put func(*loadCase, string)) {
		lines := strings.SplitAfter(text, "\n")
		for size := max(len(lines)/2, 1); size > 0; size /= 2 {
			for at := 0; at < len(lines); {
				fewer := slices.Concat(lines[:at], lines[min(at+size, len(lines)):])
				smaller := c
				put(&smaller, strings.Join(fewer, ""))
				if difference, _ := r.differ(smaller); difference != "" {
					c, lines = smaller, fewer
				} else {
					at += size
				}
			}
		}
	}
	for name, text := range c.files {
		put := func(to *loadCase, text string) {
			files := map[string]string{}
			for k, v := range to.files {
				files[k] = v
			}
			files[name] = text
			to.files = files
		}
		without(text, put)
	}
	without(c.root, func(to *loadCase, text string) { to.root = text })
	return c
}

// dropDoubles drops what Supervisor reads but never runs: all but the first
// group of a name, all but the last process of a name in a group, and the socket
// of an fcgi-program that has no processes.
func dropDoubles(answer map[string]any) {
	kept := []any{}
	seen := map[any]bool{}
	for _, g := range answer["groups"].([]any) {
		group := g.(map[string]any)
		if seen[group["name"]] {
			continue
		}
		seen[group["name"]] = true
		processes := []any{}
		at := map[any]int{}
		for _, p := range group["processes"].([]any) {
			name := p.(map[string]any)["name"]
			if i, ok := at[name]; ok {
				processes[i] = p
				continue
			}
			at[name] = len(processes)
			processes = append(processes, p)
		}
		group["processes"] = processes
		if len(processes) == 0 && group["socket"] != nil {
			group["kind"] = "ProcessGroupConfig"
			delete(group, "socket")
		}
		kept = append(kept, group)
	}
	answer["groups"] = kept
}

// afterSection leaves out the section in an error about the programs of a
// group: from the second program on Supervisor names a wrong one (group-name).
func afterSection(text string) string {
	_, rest, ok := strings.Cut(text, "] name")
	if !ok {
		return text
	}
	return rest
}

// Configurations made at random are read, or refused, as by Supervisor: the same
// values of every option of every process, the same words.
func TestRandomLoadsAreSupervisors(t *testing.T) {
	testVariables(t)
	t.Setenv("UMLAUT", "ü")
	r := &rig{t, startOracle(t, "load"), t.TempDir()}
	t.Chdir(r.here)
	options := supervisorsOptions(t)
	loaded, refused, faults := 0, 0, 0
	began := time.Now()
	seed := *fuzzSeed
	for ; faults < 10; seed++ {
		if *fuzzSeconds > 0 && time.Since(began) > time.Duration(*fuzzSeconds)*time.Second {
			break
		}
		if *fuzzSeconds == 0 && seed == *fuzzSeed+400 {
			break
		}
		c := newCase(seed, options)
		difference, took := r.differ(c)
		if took {
			loaded++
		} else {
			refused++
		}
		if difference == "" {
			continue
		}
		faults++
		small := r.smallest(c)
		difference, _ = r.differ(small)
		t.Errorf("%s, command line %q, files %q\n%s\n%s", c.name, c.args, small.files, small.root, difference)
	}
	t.Logf("%d loaded, %d refused, next seed %d", loaded, refused, seed)
	if faults < 10 && (loaded < 50 || refused < 50) {
		t.Errorf("%d loaded and %d refused: too few of one to say anything", loaded, refused)
	}
}
