package spawn

import (
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"supervisord/pkg/python"
)

// DefaultPath is where bare names are looked for when there is no PATH.
const DefaultPath = "/bin:/usr/bin:/usr/local/bin"

// splitError is an error of Split, in the words that clients read.
type splitError string

const (
	errNoClosingQuotation splitError = "No closing quotation"
	errNoEscapedCharacter splitError = "No escaped character"
)

// Error returns the words.
func (e splitError) Error() string { return string(e) }

// Split cuts a command into words as a POSIX shell would, and does nothing else
// that a shell does: '…' is literal, in "…" a backslash escapes a quote or a
// backslash, elsewhere it escapes any character; newline is white space and #
// is a character like any other. The errors are "No closing quotation" and
// "No escaped character".
func Split(command string) ([]string, error) {
	var words []string
	for rest := command; ; {
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest == "" {
			return words, nil
		}
		var (
			word string
			err  error
		)
		if word, rest, err = splitWord(rest); err != nil {
			return nil, err
		}
		words = append(words, word)
	}
}

// splitWord takes the first word off s, which does not begin with white space.
func splitWord(s string) (word, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(s); {
		n := 1
		switch c := s[i]; c {
		case ' ', '\t', '\r', '\n':
			return b.String(), s[i:], nil
		case '\\':
			if n, err = escaped(&b, s[i:]); err != nil {
				return "", "", err
			}
		case '\'':
			end := strings.IndexByte(s[i+1:], '\'')
			if end < 0 {
				return "", "", errNoClosingQuotation
			}
			b.WriteString(s[i+1 : i+1+end])
			n = end + 2
		case '"':
			if n, err = doubleQuoted(&b, s[i:]); err != nil {
				return "", "", err
			}
		default:
			b.WriteByte(c)
		}
		i += n
	}
	return b.String(), "", nil
}

// escaped reads a backslash and what follows, and returns their length.
func escaped(b *strings.Builder, s string) (int, error) {
	if len(s) < 2 {
		return 0, errNoEscapedCharacter
	}
	b.WriteByte(s[1])
	return 2, nil
}

// doubleQuoted reads "…" at the beginning of s and returns its length.
func doubleQuoted(b *strings.Builder, s string) (int, error) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i + 1, nil
		case '\\':
			if i+1 == len(s) {
				return 0, errNoEscapedCharacter
			}
			if s[i+1] != '"' && s[i+1] != '\\' {
				b.WriteByte('\\')
			}
			i++
		}
		b.WriteByte(s[i])
	}
	return 0, errNoClosingQuotation
}

// Find says which file a command runs and with which arguments. Path is the
// PATH for names without a slash; empty means DefaultPath. The first directory
// that has an entry of the name wins, be it a directory or not executable; an
// empty element of path is the current directory.
//
// The argument 0 stays as it was typed. Errors are *Error of the kinds Bad,
// NoFile and NotExecutable. Find looks at the disk and may therefore wait.
func Find(command, path string) (file string, argv []string, err error) {
	argv, err = Split(command)
	if err != nil {
		return "", nil, &Error{Kind: Bad, Text: "can't parse command " + python.Quote(command) + ": " + err.Error()}
	}
	if len(argv) == 0 {
		return "", nil, &Error{Kind: Bad, Text: "command is empty"}
	}
	file, info := locate(argv[0], path)
	if err := executable(file, info); err != nil {
		return "", nil, err
	}
	return file, argv, nil
}

// locate returns the file for a program name, and what is known of the file:
// nil if there is none.
func locate(program, path string) (string, os.FileInfo) {
	if strings.Contains(program, "/") {
		return program, stat(program)
	}
	if path == "" {
		path = DefaultPath
	}
	for dir := range strings.SplitSeq(path, ":") {
		file := program
		if dir != "" {
			file = strings.TrimSuffix(dir, "/") + "/" + program
		}
		if info := stat(file); info != nil {
			return file, info
		}
	}
	return program, nil
}

// stat returns nil for a file that cannot be looked at, for whatever reason.
func stat(file string) os.FileInfo {
	info, err := os.Stat(file)
	if err != nil {
		return nil
	}
	return info
}

// executable returns why file cannot be executed by us, or nil.
func executable(file string, info os.FileInfo) error {
	switch {
	case info == nil:
		return &Error{Kind: NoFile, Text: "can't find command " + python.Quote(file), Err: syscall.ENOENT}
	case info.IsDir():
		return &Error{Kind: NotExecutable, Text: "command at " + python.Quote(file) + " is a directory", Err: syscall.EISDIR}
	case info.Mode().Perm()&0o111 == 0:
		return &Error{Kind: NotExecutable, Text: "command at " + python.Quote(file) + " is not executable", Err: syscall.EACCES}
	}
	if err := unix.Access(file, unix.X_OK); err != nil {
		return &Error{Kind: NotExecutable, Text: "no permission to run command " + python.Quote(file), Err: err}
	}
	return nil
}
