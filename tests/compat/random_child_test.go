package compat

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// tell is the helper program of random configurations: it prints what it was
// given, and ends with a code.
func tell(args []string) int {
	code, err := strconv.Atoi(args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, "tell:", err)
		return 2
	}
	for _, a := range args {
		fmt.Printf("argument %q\n", a)
	}
	environment := os.Environ()
	slices.Sort(environment)
	for _, e := range environment {
		fmt.Printf("variable %q\n", e)
	}
	dir, err := os.Getwd()
	fmt.Println("directory", dir, err)
	mask := syscall.Umask(0)
	groups, err := os.Getgroups()
	fmt.Printf("umask %03o, user %d, group %d, groups %v %v, leads its group %v\n",
		mask, os.Getuid(), os.Getgid(), groups, err, syscall.Getpgrp() == os.Getpid())
	fmt.Fprintln(os.Stderr, "to stderr")
	return code
}

var (
	// tellWords are arguments as they may stand in command=.
	tellWords = []string{
		"plain", `"a b"`, `'c d'`, `e\ f`, `"g\"h"`, `''`, `""`, "%%", "%(process_num)d", "%(process_num)03d", "%(ENV_GLOBAL)s", "'%(ENV_BOTH)s'", "$HOME", "~", "*", "\u00fc",
		`"x;y"`, "a;b", "#h", `"\n"`, "`x`", "%(program_name)s", "%(group_name)s", "%(here)s", "%(numprocs)d", `a"b c"d`, `'it'"'"'s'`, "\n  next", `\\`, "=", "-x",
	}
	tellDirectories  = []string{"%(here)s", "%(here)s/sub", "/", "/nonexistent", "sub", "%(here)s/s%(process_num)d", "%(ENV_WHERE)s"}
	tellEnvironments = []string{
		`A=1`, `A="x y",B='z'`, `BOTH=own`, `PERCENT="5%%"`, `N=%(process_num)d`, `HOME=/elsewhere`, `SUPERVISOR_ENABLED=no`, `SUPERVISOR_SERVER_URL="x"`, `LONG="1
  2"`, `WHERE=/`, `U="ü"`, `A=1,A=2`, `SUPERVISOR_PROCESS_NAME=mine`, `P="%(program_name)s:%(group_name)s"`, `E=""`, `C="a,b;c#d"`, `X=%(ENV_BOTH)s`, `WHERE="%(here)s"`,
	}
)

// told is a process of a random configuration and the state in which it ends.
type told struct{ name, process, state string }

// program writes a program and lists its processes.
func (c caller) program(b *strings.Builder, name string) []told {
	fmt.Fprintf(b, "[program:%s]\nstartsecs=0\nstartretries=0\nautorestart=false\n", name)
	state := "EXITED"
	command := "$CHILD tell " + strconv.Itoa(c.IntN(3))
	for range c.IntN(6) {
		command += " " + c.pick(tellWords)
	}
	if c.IntN(15) == 0 {
		command, state = c.pick([]string{"$CHILD tell 0 'unclosed", `$CHILD tell 0 "x" \`, "/nonexistent", "nope", "/tmp", "%(here)s/plain.txt", ""}), "FATAL"
	}
	fmt.Fprintf(b, "command=%s\n", command)
	option := func(n int, name string, values ...string) {
		if c.IntN(n) == 0 {
			fmt.Fprintf(b, "%s=%s\n", name, c.pick(values))
		}
	}
	option(2, "environment", tellEnvironments...)
	option(3, "directory", tellDirectories...)
	option(4, "umask", "027", "000", "0777", "0o22")
	option(4, "user", "root", "daemon", "0")
	option(4, "redirect_stderr", "true")
	option(4, "serverurl", "AUTO", "http://elsewhere:1", "unix:///x")
	option(4, "exitcodes", "0", "1,2", "")
	option(4, "stopsignal", "HUP", "9")
	option(4, "priority", "1", "5", "999")
	option(4, "stderr_logfile", "NONE", "%(here)s/log/%(program_name)s%(process_num)d.err")
	option(4, "stdout_logfile_maxbytes", "1KB", "0")
	fmt.Fprintf(b, "stdout_logfile=%%(here)s/log/%s_%%(process_num)d.out\n", name)
	n := 1
	if c.IntN(4) == 0 {
		n = 2
		fmt.Fprintf(b, "numprocs=2\nprocess_name=%%(program_name)s_%%(process_num)d\n")
	}
	var all []told
	for i := range n {
		t := told{name + ":" + name, fmt.Sprintf("%s_%d", name, i), state}
		if n > 1 {
			t.name = name + ":" + t.process
		}
		all = append(all, t)
	}
	return all
}

// childScript makes a script that runs programs of a random configuration and
// shows what they were given.
func childScript(seed uint64) (*script, error) {
	c := caller{rand.New(rand.NewPCG(seed, 428))}
	var text, config strings.Builder
	config.WriteString("[supervisord]\nidentifier=compat\nminfds=200\nenvironment=GLOBAL=\"a b\",BOTH=global,WHERE=/tmp" +
		c.pick([]string{"", ",HOME=/h", ",SUPERVISOR_ENABLED=x", ",G=%(here)s", ",U=\"ü\""}) + "\n" + strings.TrimPrefix(base, "[supervisord]\n"))
	text.WriteString("daemon\n")
	var all []told
	for i := range 12 {
		all = append(all, c.program(&config, fmt.Sprintf("p%d", i))...)
	}
	if c.IntN(2) == 0 {
		config.WriteString("[group:g]\nprograms=p3,p5\n")
		for i, t := range all {
			program, process, _ := strings.Cut(t.name, ":")
			if program == "p3" || program == "p5" {
				all[i].name = "g:" + process
			}
		}
	}
	for _, t := range all {
		fmt.Fprintf(&text, "await %s %s\n", t.name, t.state)
	}
	text.WriteString("rpc supervisor.getAllConfigInfo []\nrpc supervisor.getAllProcessInfo []\n")
	for _, t := range all {
		if t.state == "EXITED" {
			fmt.Fprintf(&text, "file log/%s.out\nrpc supervisor.readProcessStderrLog [%q, 0, 0]\n", t.process, t.name)
		}
	}
	// Not the main log: whether a program was RUNNING that ends at once is a
	// matter of luck with Supervisor.
	text.WriteString("signal TERM\nstopped\n")
	return readScript(fmt.Sprintf("children, seed %d", seed), text.String()+
		"-- supervisord.conf --\n"+config.String()+"-- log/keep --\n-- sub/keep --\n-- s0/keep --\n-- plain.txt --\nnot executable\n")
}

// TestRandomChildren holds that programs of random configurations are given the
// same: arguments, environment, directory, mask, user and groups; and that the
// daemons say the same of them.
func TestRandomChildren(t *testing.T) {
	needOracle(t)
	if os.Getuid() != 0 {
		t.Skip("only root can run programs as somebody else")
	}
	seeds := []uint64{1, 2, 3}
	if *seed > 0 {
		seeds = []uint64{*seed}
		for range *round {
			seeds = append(seeds, seeds[len(seeds)-1]+1)
		}
	}
	for _, seed := range seeds {
		s, err := childScript(seed)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			playPairs(t, s, []pair{ourPair()})
		})
	}
}
