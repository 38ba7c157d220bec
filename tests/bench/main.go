//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// settings are what the command line says.
type settings struct {
	ours, supervisor string // DAEMON,CLIENT
	with             []string
	peers            *regexp.Regexp
	only             *regexp.Regexp // rows
	tools            string         // folder of the C programs
	where            string         // folder for the lives
	common, large    []int
	rounds           int
	idle, settle     time.Duration
	bytes            int64 // of the logs of one life
	calls            time.Duration
	load             time.Duration
	deaths           int
	deathTime        time.Duration
	clientRuns       int
	json             string
	save             bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	s, err := parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 2
	}
	code, err := measure(ctx, s)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return code
}

// measure makes the run and shows what came of it.
func measure(ctx context.Context, s settings) (code int, err error) {
	b := &bench{settings: s, table: &table{only: s.only.MatchString}}
	var missing []string
	b.found, missing = findPeers(&b.settings)
	for _, text := range missing {
		b.table.note("%s", text)
		b.say("%s", text)
	}
	clean, err := b.prepare()
	if err != nil {
		return 1, err
	}
	defer clean()
	m := thisMachine(b.dir)
	if err := b.run(ctx); err != nil {
		return 1, err
	}
	b.table.derive()
	var names []string
	for _, p := range b.found {
		names = append(names, p.name)
	}
	fmt.Printf("%s\n\n", m)
	b.table.print(os.Stdout, names)
	if s.json != "" {
		data, err := b.table.json(m, names, s.rounds)
		if err != nil {
			return 1, err
		}
		if err := os.WriteFile(s.json, data, 0o644); err != nil {
			return 1, err
		}
	}
	if s.save {
		if err := b.table.save("docs/benchmarks", m, names, s.rounds); err != nil {
			return 1, err
		}
	}
	if b.failed {
		return 1, nil
	}
	return 0, nil
}

// prepare makes the folders and sees to limits; clean undoes all.
func (b *bench) prepare() (clean func(), err error) {
	if err := adoptOrphans(); err != nil {
		return nil, err
	}
	if b.dir, err = os.MkdirTemp(b.where, "bench"); err != nil {
		return nil, err
	}
	// Stamps cost least in memory, and the time that a disk takes to create the
	// logs of a boot is nobody's but its own.
	b.memory = b.dir
	if dir, err := os.MkdirTemp("/dev/shm", "bench"); err == nil {
		b.memory = dir
	}
	clean = func() {
		for _, dir := range []string{b.dir, b.memory} {
			if err := os.RemoveAll(dir); err != nil {
				fmt.Fprintln(os.Stderr, "bench:", err)
			}
		}
	}
	const longest = 107 // of the path of a unix socket
	if socket := filepath.Join(b.dir, "1000", "s.sock"); len(socket) > longest {
		clean()
		return nil, fmt.Errorf("%s is too long for the path of a socket\nhint: -dir names a folder with a shorter path", socket)
	}
	if err := b.enoughRoom(); err != nil {
		clean()
		return nil, err
	}
	raiseOpenFiles(uint64(descriptors(b.sizes()[len(b.sizes())-1])))
	return clean, nil
}

// raiseOpenFiles raises the limit of open files for all that is started, as far
// as it can be.
func raiseOpenFiles(want uint64) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return
	}
	raised := limit
	raised.Cur, raised.Max = max(limit.Max, want), max(limit.Max, want)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised); err != nil {
		limit.Cur = limit.Max
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit) // openFiles tells what it is
	}
}

// openFiles is the limit of open files.
func openFiles() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return limit.Cur
}

// words are options that have to be read once more.
type words struct {
	peers, rows, common, large string
	megabytes                  int64
	quick                      bool
}

// parse reads the command line.
func parse(args []string) (settings, error) {
	var (
		s settings
		w words
	)
	flags := s.declare(&w)
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if w.quick {
		if err := hurry(flags); err != nil {
			return s, err
		}
	}
	return s, s.take(w)
}

// declare makes the options.
func (s *settings) declare(w *words) *flag.FlagSet {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&s.ours, "ours", ".build/supervisord,.build/supervisorctl", "our programs: DAEMON,CLIENT")
	flags.StringVar(&s.supervisor, "supervisor", "/usr/bin/supervisord,/usr/bin/supervisorctl", "Supervisor's programs: DAEMON,CLIENT")
	flags.Func("with", "NAME=DAEMON,CLIENT: one more that reads Supervisor's configuration; may be repeated", func(text string) error {
		if !strings.Contains(text, "=") || !strings.Contains(text, ",") {
			return fmt.Errorf("not NAME=DAEMON,CLIENT")
		}
		s.with = append(s.with, text)
		return nil
	})
	flags.StringVar(&w.peers, "peers", "", "only the peers whose names match this regular expression")
	flags.StringVar(&w.rows, "rows", "", "only the rows whose names match this regular expression")
	flags.StringVar(&w.common, "n", "1,100,300,1000", "numbers of programs for all peers")
	flags.StringVar(&w.large, "large", "3000,5000", "numbers of programs for ours, the largest also for the limit")
	flags.BoolVar(&w.quick, "quick", false, "every row, but one round and short times: a few minutes")
	flags.StringVar(&s.tools, "tools", ".build/bench", "the folder of the C programs")
	flags.StringVar(&s.where, "dir", os.TempDir(), "the folder for logs; on a disk such as users have")
	flags.IntVar(&s.rounds, "rounds", 3, "how often each peer has its turn")
	flags.DurationVar(&s.idle, "idle", 30*time.Second, "how long idleness is watched")
	flags.DurationVar(&s.settle, "settle", 5*time.Second, "how long a peer may come to rest before")
	flags.Int64Var(&w.megabytes, "mb", 500, "megabytes of the logs of one life; above 500 the first lines are rotated away unseen")
	flags.DurationVar(&s.calls, "calls", 2*time.Second, "how long each kind of RPC call is repeated")
	flags.DurationVar(&s.load, "load", 10*time.Second, "how long calls are made under load")
	flags.IntVar(&s.deaths, "deaths", 50, "programs killed in one life, for at most -death-time")
	flags.DurationVar(&s.deathTime, "death-time", 20*time.Second, "how long programs are killed")
	flags.IntVar(&s.clientRuns, "client-runs", 10, "how often each command of supervisorctl is run in one life")
	flags.StringVar(&s.json, "json", "", "file for all figures as JSON")
	flags.BoolVar(&s.save, "save", false, "write tables, JSON and plots into docs/benchmarks")
	return flags
}

// take checks the options and reads the words.
func (s *settings) take(w words) error {
	s.bytes = w.megabytes * 1000 * 1000
	if s.bytes < 1 || s.rounds < 1 || s.idle <= 0 {
		return fmt.Errorf("-mb, -rounds and -idle must be more than 0")
	}
	var err error
	if s.only, err = regexp.Compile(w.rows); err != nil {
		return fmt.Errorf("-rows: %w", err)
	}
	if s.peers, err = regexp.Compile(w.peers); err != nil {
		return fmt.Errorf("-peers: %w", err)
	}
	if s.common, err = numbers(w.common); err != nil || len(s.common) == 0 {
		return fmt.Errorf("-n %q: not numbers of programs, 1 to 20000", w.common)
	}
	if s.large, err = numbers(w.large); err != nil {
		return fmt.Errorf("-large %q: not numbers of programs, 1 to 20000", w.large)
	}
	if s.tools, err = filepath.Abs(s.tools); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(s.tools, "child")); err != nil {
		return fmt.Errorf("%w\nhint: scripts/bench builds it", err)
	}
	return nil
}

// numbers reads numbers of programs; none is possible.
func numbers(text string) ([]int, error) {
	var all []int
	for word := range strings.SplitSeq(text, ",") {
		if word == "" {
			continue
		}
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 20000 {
			return nil, fmt.Errorf("%q is none", word)
		}
		all = append(all, n)
	}
	return all, nil
}

// hurry sets what -quick stands for, but for what the command line says itself.
func hurry(flags *flag.FlagSet) error {
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range map[string]string{
		"rounds": "1", "idle": "10s", "settle": "2s", "mb": "300", "calls": "300ms", "load": "3s",
		"deaths": "20", "death-time": "5s", "client-runs": "3",
	} {
		if given[name] {
			continue
		}
		if err := flags.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}
