package spawn

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"supervisord/pkg/config"
)

const (
	// maxBacklog is more than any system allows: it takes what it can.
	maxBacklog = 65535

	// resolveTime bounds the look-up of a host name.
	resolveTime = 5 * time.Second

	// maxSocketPath is the longest path of a unix socket, in bytes: 107 on
	// Linux.
	maxSocketPath = len(syscall.RawSockaddrUnix{}.Path) - 1
)

var (
	errNoSocket = errors.New("there is something else, which is no socket")
	errTooLong  = errors.New("the path is too long for a socket")
)

// Listener is a listening socket that is made to be the standard input of
// programs: blocking, as they expect it, and close-on-exec.
type Listener struct {
	fd   int
	path string      // of a unix socket
	made fs.FileInfo // what was made at path
}

// Listen makes the socket of an fcgi-program. A socket that is at the path of a
// unix socket already is replaced, whoever listens on it, and so is an empty
// file; nothing else is. It may wait for a disk or for the look-up of a name.
//
// The error is an *Error of the kind Resources that names the socket, the cause
// and what to do.
func Listen(s *config.Socket) (*Listener, error) {
	l := &Listener{fd: -1}
	if step, err := l.open(s); err != nil {
		l.Close()
		return nil, socketError(s, step, err)
	}
	return l, nil
}

// open takes the steps to a listening socket. In an error step is what could not
// be done.
func (l *Listener) open(s *config.Socket) (step string, err error) {
	domain, address, err := addressOf(s)
	if err != nil {
		return stepListen, err
	}
	if l.fd, err = closingSocket(domain); err != nil {
		return stepListen, err
	}
	if domain == syscall.AF_UNIX {
		err = makeRoom(s.Path)
	} else {
		err = syscall.SetsockoptInt(l.fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	}
	if err != nil {
		return stepListen, err
	}
	if err := syscall.Bind(l.fd, address); err != nil {
		return stepListen, err
	}
	if domain == syscall.AF_UNIX {
		if step, err := l.dress(s); err != nil {
			return step, err
		}
	}
	backlog := s.Backlog
	if backlog == 0 {
		backlog = maxBacklog
	}
	return stepListen, syscall.Listen(l.fd, backlog)
}

// The steps that can fail.
const (
	stepListen = "listen on"
	stepOwner  = "change the owner of"
	stepMode   = "change the mode of"
)

// addressOf is the address to bind to. A name is resolved to an IPv4 address, as
// Supervisor does.
func addressOf(s *config.Socket) (domain int, address syscall.Sockaddr, err error) {
	if s.Network == "unix" {
		if len(s.Path) > maxSocketPath {
			return 0, nil, errTooLong
		}
		return syscall.AF_UNIX, &syscall.SockaddrUnix{Name: s.Path}, nil
	}
	ip, err := netip.ParseAddr(s.Host)
	if err != nil {
		ctx, cancel := context.WithTimeout(context.Background(), resolveTime)
		defer cancel()
		ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", s.Host)
		if err != nil {
			return 0, nil, err
		}
		ip = ips[0]
	}
	return syscall.AF_INET, &syscall.SockaddrInet4{Port: s.Port, Addr: ip.Unmap().As4()}, nil
}

// closingSocket makes a socket that is close-on-exec. The lock keeps a fork from
// coming between the two steps.
func closingSocket(domain int) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := syscall.Socket(domain, syscall.SOCK_STREAM, 0)
	if err != nil {
		return -1, err
	}
	syscall.CloseOnExec(fd)
	return fd, nil
}

// makeRoom removes what a socket may take the place of.
func makeRoom(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket && !(info.Mode().IsRegular() && info.Size() == 0):
		return errNoSocket
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// dress gives a unix socket its owner and mode, before anybody can connect. The
// owner comes first: chown may clear bits of the mode.
func (l *Listener) dress(s *config.Socket) (step string, err error) {
	l.path = s.Path
	if l.made, err = os.Lstat(s.Path); err != nil {
		return stepListen, err
	}
	if s.Owner != nil {
		if err := os.Lchown(s.Path, s.Owner.UID, s.Owner.GID); err != nil {
			return stepOwner, err
		}
	}
	if s.Mode != nil {
		// Not os.Chmod, which knows other bits than those of an octal number.
		if err := syscall.Chmod(s.Path, uint32(*s.Mode)); err != nil {
			return stepMode, err
		}
	}
	return "", nil
}

// Dup gives a descriptor of the socket for a Spec, close-on-exec like the
// socket's own. It belongs to the caller.
func (l *Listener) Dup() (int, error) {
	return unix.FcntlInt(uintptr(l.fd), unix.F_DUPFD_CLOEXEC, 0)
}

// Close closes the socket, and before that removes its file if that is still the
// one that was made: another may have taken its place. Processes that have the
// socket keep it.
func (l *Listener) Close() {
	if l.made != nil {
		if now, err := os.Lstat(l.path); err == nil && os.SameFile(now, l.made) {
			os.Remove(l.path)
		}
	}
	if l.fd >= 0 {
		syscall.Close(l.fd)
	}
}

// socketError is the failure to take a step towards a socket.
func socketError(s *config.Socket, step string, err error) *Error {
	cause := err
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		cause = errno // without a path, which the URL says already
	}
	text := "cannot " + step + " " + s.URL + ": " + cause.Error()
	if hint := socketHint(s, err); hint != "" {
		text += "; hint: " + hint
	}
	return &Error{Kind: Resources, Text: text, Err: err}
}

// socketHint says what to do about an error; empty if nothing is known.
func socketHint(s *config.Socket, err error) string {
	if s.Network == "tcp" {
		_, unresolved := errors.AsType[*net.DNSError](err)
		switch {
		case unresolved:
			return "write an IPv4 address of this machine into socket="
		case errors.Is(err, syscall.EADDRINUSE):
			return "another program listens there: end it, or choose another port"
		case errors.Is(err, syscall.EADDRNOTAVAIL):
			return s.Host + " is no address of this machine"
		case errors.Is(err, syscall.EACCES):
			return "ports below 1024 are for root: choose another"
		}
		return ""
	}
	switch {
	case errors.Is(err, errNoSocket):
		return "remove it, or choose another path"
	case errors.Is(err, errTooLong):
		return "choose a shorter one"
	case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
		return "make the directory " + filepath.Dir(s.Path)
	case errors.Is(err, syscall.EPERM):
		return "only root can give a socket away: leave out socket_owner and user"
	case errors.Is(err, syscall.EACCES):
		return "let supervisord's user write to the directory " + filepath.Dir(s.Path)
	}
	return ""
}
