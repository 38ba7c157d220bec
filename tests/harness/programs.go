package harness

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Programs are the paths of the programs under test.
type Programs struct {
	Daemon string // supervisord
	Client string // supervisorctl
	Child  string // tests/child, a program that misbehaves on command
	Oracle bool   // the first two are the original Supervisor
}

// The programs are found by Main before any test runs, and not changed since.
var programs Programs

// Main builds the programs under test, runs the tests of a package and answers
// its exit code.
func Main(m *testing.M) int {
	dir, err := os.MkdirTemp("", "supervisord-build-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	// Programs run under other users must be able to read what was built.
	if err := os.Chmod(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
		return 1
	}
	programs, err = find(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
		return 1
	}
	// The tests wait much more than they compute, so that more of them may run
	// side by side than there are processors.
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f != nil && f.Value.String() == f.DefValue {
		if err := f.Value.Set("8"); err != nil {
			fmt.Fprintln(os.Stderr, "harness:", err)
			return 1
		}
	}
	return m.Run()
}

// Oracle reports whether the tests run against the original Supervisor.
func Oracle() bool { return programs.Oracle }

// Race reports whether the programs are built with the race detector, as
// TEST_RACE in the environment asks. What it finds fails the test.
func Race() bool { return os.Getenv("TEST_RACE") != "" }

// Child is the command of tests/child, for use in a configuration.
func Child() string { return programs.Child }

// DaemonPath is the path of supervisord.
func DaemonPath() string { return programs.Daemon }

// ClientPath is the path of supervisorctl.
func ClientPath() string { return programs.Client }

// find takes the programs that the environment names and builds the others
// into dir.
func find(dir string) (Programs, error) {
	p := Programs{
		Daemon: os.Getenv("SUPERVISORD"),
		Client: os.Getenv("SUPERVISORCTL"),
		Child:  filepath.Join(dir, "child"),
	}
	if p.Daemon != "" && p.Client == "" {
		p.Client = filepath.Join(filepath.Dir(p.Daemon), "supervisorctl")
	}
	packages := []string{"./tests/child"}
	if p.Daemon == "" {
		p.Daemon = filepath.Join(dir, "supervisord")
		packages = append(packages, "./supervisord")
	}
	if p.Client == "" {
		p.Client = filepath.Join(dir, "supervisorctl")
		packages = append(packages, "./supervisorctl")
	}
	root, err := Root()
	if err != nil {
		return p, err
	}
	flags, cgo := []string{"build", "-o", dir + "/"}, "CGO_ENABLED=0"
	if Race() {
		flags, cgo = append(flags, "-race"), "CGO_ENABLED=1"
	}
	build := exec.Command("go", append(flags, packages...)...)
	build.Dir = root
	build.Env = append(os.Environ(), cgo)
	if out, err := build.CombinedOutput(); err != nil {
		return p, fmt.Errorf("cannot build the programs under test: %v\n%s", err, out)
	}
	p.Oracle, err = isScript(p.Daemon)
	return p, err
}

// isScript tells the original, a Python script, from a binary.
func isScript(path string) (bool, error) {
	head := make([]byte, 2)
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if _, err := f.Read(head); err != nil {
		return false, fmt.Errorf("cannot read %s: %v", path, err)
	}
	return string(head) == "#!", nil
}

// Root is the top directory of the module.
func Root() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("cannot find go.mod: %v", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// SampleConfig is the sample configuration as the daemon prints it.
func SampleConfig(t testing.TB) string {
	t.Helper()
	command := exec.Command(programs.Daemon, "--sample-config")
	if programs.Oracle {
		command = exec.Command(filepath.Join(filepath.Dir(programs.Daemon), "echo_supervisord_conf"))
	}
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v", command.Args, err)
	}
	return string(out)
}
