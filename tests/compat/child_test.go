package compat

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
)

// childArgument as the first argument turns the test binary into a helper
// program; the next one is its verb.
const childArgument = "compat-child"

// child runs the verb and returns the exit code.
func child(args []string) int {
	switch args[0] {
	case "janitor":
		return janitor(args[1], args[2])
	case "ear":
		if err := ear(args[1], args[2:], os.Stdin, os.Stdout); err != nil && err != io.EOF {
			fmt.Fprintln(os.Stderr, "ear:", err)
			return 1
		}
		return 0
	case "tell":
		return tell(args[1:])
	case "listener":
		if err := listen(args[1], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "listener:", err)
			return 1
		}
		return 0
	}
	fmt.Fprintf(os.Stderr, "compat-child: no verb is called %q\n", args[0])
	return 2
}

// listen is an event listener that appends every event as one line to path:
// the event's name and its payload.
func listen(path string, in io.Reader, out io.Writer) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	reader := bufio.NewReader(in)
	for {
		if _, err := io.WriteString(out, "READY\n"); err != nil {
			return err
		}
		header, payload, err := readEvent(reader)
		if err != nil {
			return err
		}
		_, name, _ := strings.Cut(header, " eventname:")
		name, _, _ = strings.Cut(name, " ")
		text := strings.ReplaceAll(payload, "\n", `\n`)
		if _, err := fmt.Fprintf(file, "%s %s\n", name, text); err != nil {
			return err
		}
		if _, err := io.WriteString(out, "RESULT 2\nOK"); err != nil {
			return err
		}
	}
}
