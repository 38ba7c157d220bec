package spawn

import (
	"errors"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Kind says what sort of thing prevented a start.
type Kind int

// The kinds of Error. A client that asks for a start is answered NO_FILE for
// NoFile and NOT_EXECUTABLE for Bad and NotExecutable.
const (
	Bad           Kind = iota // the command is empty or cannot be parsed
	NoFile                    // there is no such file
	NotExecutable             // the file cannot be executed
	Resources                 // the system refused a process, a descriptor or a file
)

// Error is a failure before there was a process. Text is Supervisor's wording
// byte for byte: it becomes the spawnerr of the process.
type Error struct {
	Kind Kind
	Text string
	Err  error // the cause, if a system call told one
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ChannelError is the failure to make the pipes or to open the logs of the
// process called name.
func ChannelError(name string, err error) *Error {
	text := "unknown error making dispatchers for '" + name + "': " + ErrnoName(err)
	if errors.Is(err, syscall.EMFILE) {
		text = tooManyFiles(name)
	}
	return &Error{Kind: Resources, Text: text, Err: err}
}

// forkError is the failure to fork for the process called name. EMFILE has no
// counterpart in Supervisor, whose fork needs no descriptor; ours does.
func forkError(name string, err error) *Error {
	var text string
	switch {
	case errors.Is(err, syscall.EAGAIN):
		text = "Too many processes in process table to spawn '" + name + "'"
	case errors.Is(err, syscall.EMFILE):
		text = tooManyFiles(name)
	default:
		text = "unknown error during fork for '" + name + "': " + ErrnoName(err)
	}
	return &Error{Kind: Resources, Text: text, Err: err}
}

func tooManyFiles(name string) string {
	return "too many open files to spawn '" + name + "'"
}

// ErrnoName returns the symbol of the system error in err ("ENOENT"), its number
// if it has no symbol, and the text of err if it is no system error.
func ErrnoName(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	if name := errnoName(errno); name != "" {
		return name
	}
	if name := unix.ErrnoName(errno); name != "" {
		return name
	}
	return strconv.Itoa(int(errno))
}
