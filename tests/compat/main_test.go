package compat

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	oracleDaemon = "/usr/bin/supervisord"
	oracleCtl    = "/usr/bin/supervisorctl"
	python       = "/usr/bin/python3"

	// runVariable is in the environment of every process the tests start, and
	// by inheritance in that of their children: what is left over can be found.
	runVariable = "COMPAT_RUN"
)

// A client or daemon program of one of the two sides.
type program struct {
	path   string
	oracle bool // Supervisor's own
}

var (
	slow  = flag.Duration("slow", 0, "print the steps of scripts that took longer (0: none)")
	keep  = flag.String("transcripts", "", "folder to keep the transcripts of all worlds in (\"\": none)")
	long  = flag.Bool("long", false, "play many more random calls")
	seed  = flag.Uint64("seed", 0, "seed of the random calls (0: the built-in ones)")
	round = flag.Int("calls", 0, "random calls for one seed (0: 200, or 2000 with -long)")
)

// build is what TestMain made.
var build struct {
	ours    [2]program // daemon and client
	oracle  [2]program
	child   string // this test binary: run as a helper program
	run     string // value of runVariable
	scratch string
	skip    string // why nothing can be compared
}

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == childArgument {
		os.Exit(child(os.Args[2:]))
	}
	flag.Parse()
	keepDescriptors()
	os.Exit(run(m))
}

// keepDescriptors keeps what this process was given beyond the standard streams
// from the programs it starts: Supervisor hands it on to its own.
func keepDescriptors() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return // no such folder: nothing to be done
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}

func run(m *testing.M) int {
	scratch, err := os.MkdirTemp("", "compat")
	if err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		return 1
	}
	defer os.RemoveAll(scratch)
	build.scratch = scratch
	build.run = filepath.Base(scratch)
	if build.child, err = os.Executable(); err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		return 1
	}
	build.oracle = [2]program{{oracleDaemon, true}, {oracleCtl, true}}
	build.skip = missingOracle()
	build.ours = build.oracle
	if build.skip == "" {
		if err := buildOurs(); err != nil {
			fmt.Fprintln(os.Stderr, "compat:", err)
			return 1
		}
	}
	stop, err := startJanitor()
	if err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		return 1
	}
	defer stop()
	// What ignores an interrupt hands this on to its children; the clients in
	// here have to hear it. Nobody reads the channel: the tests still ignore it.
	if signal.Ignored(syscall.SIGINT) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGINT)
	}
	// The scripts mostly wait, for a second here and there.
	if err := flag.Set("test.parallel", "12"); err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		return 1
	}
	return m.Run()
}

// self names what of our side is Supervisor's too: "oracle" is both programs,
// "daemon" and "client" one of them. It is empty in an ordinary run.
func self() string { return os.Getenv("COMPAT_SELF") }

// missingOracle says what of Supervisor is missing on this machine; "" is
// nothing.
func missingOracle() string {
	for _, path := range []string{python, oracleDaemon, oracleCtl} {
		if _, err := os.Stat(path); err != nil {
			return fmt.Sprintf("Supervisor is not installed here: %v", err)
		}
	}
	out, err := exec.Command(oracleDaemon, "--version").CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%s --version: %v", oracleDaemon, err)
	}
	if v := strings.TrimSpace(string(out)); v != "4.2.5" {
		return fmt.Sprintf("%s is version %s, the comparison needs 4.2.5", oracleDaemon, v)
	}
	return ""
}

// buildOurs compiles our two commands into a folder of this run.
func buildOurs() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	dir := filepath.Join(build.scratch, "bin")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	for i, name := range []string{"supervisord", "supervisorctl"} {
		if self() == "oracle" || self() == [2]string{"daemon", "client"}[i] {
			continue
		}
		path := filepath.Join(dir, name)
		cmd := exec.CommandContext(ctx, "go", "build", "-o", path, "./"+name)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build ./%s: %v\n%s", name, err, out)
		}
		build.ours[i] = program{path: path}
	}
	return nil
}

// moduleRoot is the folder of go.mod above the working directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the test folder")
		}
		dir = parent
	}
}

// needOracle skips the test where Supervisor is not installed.
func needOracle(t *testing.T) {
	t.Helper()
	if build.skip != "" {
		t.Skip(build.skip)
	}
}
