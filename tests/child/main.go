// Command child is a program that behaves well or badly on command; tests let
// the daemon run it. Its first argument is one of the verbs below.
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sort"
	"strconv"
	"strings"
	"syscall"
)

// verbs returns what the child can do.
func verbs() map[string]func(args []string) error {
	return map[string]func(args []string) error{
		"count":   count,
		"family":  family,
		"fastcgi": fastcgi,
		"ignore":  ignore,
		"order":   order,
		"report":  report,
		"serials": serials,
	}
}

func main() {
	table := verbs()
	if len(os.Args) < 2 || table[os.Args[1]] == nil {
		var names []string
		for name := range table {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: child %s ...\n", strings.Join(names, "|"))
		os.Exit(2)
	}
	if err := table[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

// count N SIZE prints N numbered lines of SIZE bytes and stays.
func count(args []string) error {
	lines, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	size, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(os.Stdout, 8192)
	for i := range lines {
		number := fmt.Sprintf("%09d ", i)
		fmt.Fprintf(out, "%s%s\n", number, strings.Repeat("x", size-len(number)-1))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	stay()
	return nil
}

// family N starts N children in the same process group and stays, as a server
// with workers does. The children ignore the end of their parent.
func family(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	for range n {
		worker := exec.Command("sleep", "1000")
		if err := worker.Start(); err != nil {
			return err
		}
	}
	stay()
	return nil
}

// ignore SIGNAL... ignores signals, says "ready" and stays. Signals are
// numbers.
func ignore(args []string) error {
	for _, arg := range args {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return err
		}
		signal.Ignore(syscall.Signal(n))
	}
	fmt.Println("ready")
	stay()
	return nil
}

// order FILE NAME appends "start NAME" to a file, and "stop NAME" when it is
// told to stop.
func order(args []string) error {
	file, name := args[0], args[1]
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	if err := appendLine(file, "start "+name); err != nil {
		return err
	}
	<-told
	return appendLine(file, "stop "+name)
}

// report prints a line for each signal it gets, in its own words, and stays;
// SIGTERM ends it.
func report([]string) error {
	got := make(chan os.Signal, 16)
	signal.Notify(got, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGTERM)
	fmt.Println("ready")
	for s := range got {
		fmt.Println("got", s)
		if s == syscall.SIGTERM {
			return nil
		}
	}
	return nil
}

// stay waits for a signal that ends the process.
func stay() {
	forever := make(chan os.Signal, 1)
	signal.Notify(forever, syscall.SIGUSR1)
	for range forever {
	}
}

func appendLine(file, line string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(line + "\n"); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// serials is an event listener that says on its standard error how many events
// it has got, and where the numbers of its pool have a gap.
func serials([]string) error {
	in := bufio.NewReader(os.Stdin)
	for n := 0; ; n++ {
		fmt.Print("READY\n")
		header, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		fields := map[string]string{}
		for _, f := range strings.Fields(header) {
			name, value, _ := strings.Cut(f, ":")
			fields[name] = value
		}
		if fields["poolserial"] != strconv.Itoa(n) {
			fmt.Fprintf(os.Stderr, "gap before event %d: %s", n, header)
		}
		size, err := strconv.Atoi(fields["len"])
		if err != nil {
			return err
		}
		if _, err := in.Discard(size); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%d events\n", n+1)
		fmt.Print("RESULT 2\nOK")
	}
}
