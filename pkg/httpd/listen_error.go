package httpd

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"supervisord/pkg/config"
)

// ListenError says why a server could not be opened.
type ListenError struct {
	Server config.Server
	Text   string // what follows "Error: "; Supervisor's words where it has some
	Cause  error
}

// Error returns the text that follows "Error: ".
func (e *ListenError) Error() string { return e.Text }

// Unwrap returns the cause.
func (e *ListenError) Unwrap() error { return e.Cause }

// Hint says which server it was and what the system answered, for a line
// beside the text: Supervisor's words name neither.
func (e *ListenError) Hint() string {
	where := e.Server.Path
	if e.Server.Network == "tcp" {
		where = net.JoinHostPort(e.Server.Host, strconv.Itoa(e.Server.Port))
	}
	return fmt.Sprintf("[%s] %s: %v", e.Server.Section, where, e.Cause)
}

const textInUse = "Another program is already listening on a port that one of our HTTP servers " +
	"is configured to use.  Shut this program down first before starting supervisord."

const textOpen = "Cannot open an HTTP server: socket.error reported "

// errnoNames has the names of the errors that opening a socket can meet. The
// rest is shown by number, as Supervisor shows what has no name.
var errnoNames = []struct {
	errno syscall.Errno
	name  string
}{
	{syscall.EPERM, "EPERM"},
	{syscall.ENOENT, "ENOENT"},
	{syscall.EIO, "EIO"},
	{syscall.EACCES, "EACCES"},
	{syscall.EEXIST, "EEXIST"},
	{syscall.ENOTDIR, "ENOTDIR"},
	{syscall.EISDIR, "EISDIR"},
	{syscall.EINVAL, "EINVAL"},
	{syscall.ENFILE, "ENFILE"},
	{syscall.EMFILE, "EMFILE"},
	{syscall.ENOSPC, "ENOSPC"},
	{syscall.EROFS, "EROFS"},
	{syscall.ENAMETOOLONG, "ENAMETOOLONG"},
	{syscall.ELOOP, "ELOOP"},
	{syscall.EPROTOTYPE, "EPROTOTYPE"},
	{syscall.EPROTONOSUPPORT, "EPROTONOSUPPORT"},
	{syscall.EOPNOTSUPP, "EOPNOTSUPP"},
	{syscall.EAFNOSUPPORT, "EAFNOSUPPORT"},
	{syscall.EADDRNOTAVAIL, "EADDRNOTAVAIL"},
	{syscall.ENETDOWN, "ENETDOWN"},
	{syscall.ENOBUFS, "ENOBUFS"},
	{syscall.ENOMEM, "ENOMEM"},
	{syscall.EDQUOT, "EDQUOT"},
	{syscall.ESTALE, "ESTALE"},
}

// The codes of the C resolver that Supervisor prints.
const (
	resolverAgain  = -3
	resolverNoName = -2
)

// openError puts err into the words that Supervisor has for it.
func openError(conf config.Server, err error) *ListenError {
	e := &ListenError{Server: conf, Cause: err}
	var (
		errno   syscall.Errno
		dns     *net.DNSError
		chown   *chownError
		refused *pathError
	)
	switch {
	case errors.As(err, &chown):
		e.Text = chown.Error()
	case errors.As(err, &refused):
		e.Text = "Cannot open an HTTP server: " + refused.Error()
	case errors.Is(err, syscall.EADDRINUSE):
		e.Text = textInUse
	case errors.As(err, &dns):
		code := resolverNoName
		if dns.IsTemporary || dns.IsTimeout {
			code = resolverAgain
		}
		e.Text = textOpen + strconv.Itoa(code)
	case errors.As(err, &errno):
		e.Text = textOpen + errnoText(errno)
	default:
		e.Text = textOpen + err.Error()
	}
	return e
}

// errnoText is "errno.EACCES (13)", or the number of what has no name.
func errnoText(errno syscall.Errno) string {
	for _, r := range errnoNames {
		if r.errno == errno {
			return fmt.Sprintf("errno.%s (%d)", r.name, int(errno))
		}
	}
	return strconv.Itoa(int(errno))
}

// pathError is a path at which no socket can be made.
type pathError struct {
	text string
}

func (e *pathError) Error() string { return e.text }

// chownError is a socket that this user may not give away.
type chownError struct {
	path  string
	owner config.Owner
	cause error
}

func (e *chownError) Unwrap() error { return e.cause }

func (e *chownError) Error() string {
	name := strconv.Itoa(os.Geteuid())
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	return fmt.Sprintf("Not permitted to chown %s to uid/gid (%d, %d); "+
		"adjust \"sockchown\" value in config file or on command line to values "+
		"that the current user (%s) can successfully chown",
		e.path, e.owner.UID, e.owner.GID, name)
}
