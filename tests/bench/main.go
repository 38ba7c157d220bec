//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// settings are what the command line says.
type settings struct {
	sides  []side
	child  string
	sizes  []int
	rounds int
	idle   time.Duration
	bytes  int64 // of a log
	budget time.Duration
	deaths int
	json   string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
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
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	b := &bench{settings: s, dir: dir, mark: markVariable + "=" + filepath.Base(dir), table: new(table)}
	defer sweep(b.mark)
	if err := b.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	b.table.print(os.Stdout, s)
	if s.json != "" {
		if err := b.table.save(s.json, s); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			return 1
		}
	}
	return 0
}

// parse reads the command line.
func parse(args []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	a := flags.String("a", "supervisor=/usr/bin/supervisord,/usr/bin/supervisorctl", "the side to compare with: NAME=DAEMON,CLIENT")
	b := flags.String("b", "ours=.build/supervisord,.build/supervisorctl", "the side to be compared")
	sizes := flags.String("n", "10,100,1000", "numbers of programs")
	quick := flags.Bool("quick", false, "one round, small numbers, short waits: shows that it works")
	flags.StringVar(&s.child, "child", ".build/bench/child", "the program to be supervised")
	flags.IntVar(&s.rounds, "rounds", 3, "how often each side has its turn")
	flags.DurationVar(&s.idle, "idle", 10*time.Second, "how long idleness is watched")
	megabytes := flags.Int64("mb", 500, "megabytes of a log, at most 500 with rotation")
	flags.DurationVar(&s.budget, "budget", 2*time.Second, "time for the samples of one RPC method")
	flags.IntVar(&s.deaths, "deaths", 10, "programs killed in one round")
	flags.StringVar(&s.json, "json", "", "file for all figures as JSON")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *quick {
		if err := hurry(flags); err != nil {
			return s, err
		}
	}
	if *megabytes < 1 || *megabytes > 500 {
		return s, fmt.Errorf("-mb %d: 1 to 500 fit into 10 backups of 50 MB", *megabytes)
	}
	s.bytes = *megabytes * 1000 * 1000
	for word := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 20000 {
			return s, fmt.Errorf("-n %q: not a number of programs", word)
		}
		s.sizes = append(s.sizes, n)
	}
	for _, text := range []string{*a, *b} {
		side, err := parseSide(text)
		if err != nil {
			return s, err
		}
		s.sides = append(s.sides, side)
	}
	path, err := filepath.Abs(s.child)
	if err != nil {
		return s, err
	}
	s.child = path
	if _, err := os.Stat(s.child); err != nil {
		return s, fmt.Errorf("%w\nhint: scripts/bench builds it", err)
	}
	return s, nil
}

// hurry sets what -quick stands for, but for what the command line says itself.
func hurry(flags *flag.FlagSet) error {
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range map[string]string{
		"n": "10,100", "rounds": "1", "idle": "2s", "mb": "120", "budget": "500ms", "deaths": "3",
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
