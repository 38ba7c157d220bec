package httpd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"supervisord/pkg/config"
)

const (
	backlog = 1024

	// probeTime bounds the look whether somebody listens on a socket, lockTime
	// the wait for another instance that looks at the same directory.
	probeTime = time.Second
	lockTime  = 3 * time.Second

	// placeTries bounds how often a socket that comes back is replaced.
	placeTries = 5
)

// maxSocketPath is the longest path of a unix socket, in bytes: 107 on Linux.
const maxSocketPath = len(syscall.RawSockaddrUnix{}.Path) - 1

// socketFile is the file of a unix socket that this process made.
type socketFile struct {
	path string
	info fs.FileInfo
}

// remove unlinks the file if it still is the one we made; the file of another
// instance that took our place stays.
func (f *socketFile) remove() error {
	unlock := lockDir(filepath.Dir(f.path))
	defer unlock()
	now, err := os.Lstat(f.path)
	if err != nil || !os.SameFile(now, f.info) {
		return nil
	}
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// listenUnix makes the socket under a temporary name beside its path, gives it
// its mode and owner there, and only then links it to the path: it is never
// visible with a wrong mode, and never takes the place of a live one.
func listenUnix(conf config.Server, warn io.Writer) (net.Listener, *socketFile, error) {
	if len(conf.Path) > maxSocketPath {
		return nil, nil, &pathError{fmt.Sprintf("socket.error reported AF_UNIX path too long: "+
			"%q has %d bytes, at most %d are possible", conf.Path, len(conf.Path), maxSocketPath)}
	}
	unlock := lockDir(filepath.Dir(conf.Path))
	defer unlock()

	l, temp, err := bindTemp(conf.Path)
	if err != nil {
		return nil, nil, err
	}
	defer os.Remove(temp)
	file, err := dress(conf, temp)
	if err == nil {
		err = place(temp, conf.Path, warn)
	}
	if err != nil {
		l.Close()
		return nil, nil, err
	}
	return l, file, nil
}

// bindTemp makes a listening socket at path.pid, or at a shorter name in the
// same directory if that is too long.
func bindTemp(path string) (l net.Listener, temp string, err error) {
	temp = fmt.Sprintf("%s.%d", path, os.Getpid())
	if len(temp) > maxSocketPath {
		temp = filepath.Join(filepath.Dir(path), fmt.Sprintf(".%d", os.Getpid()))
	}
	if len(temp) > maxSocketPath {
		return nil, "", &pathError{fmt.Sprintf("socket.error reported AF_UNIX path too long: %q", temp)}
	}
	os.Remove(temp)
	// Not net.Listen: it listens as soon as the name is bound, which would let
	// clients in before the mode is right.
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, "", err
	}
	socket := os.NewFile(uintptr(fd), temp)
	defer socket.Close() // FileListener makes its own descriptor
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: temp}); err != nil {
		return nil, "", err
	}
	if err := os.Chmod(temp, 0o600); err != nil {
		os.Remove(temp)
		return nil, "", err
	}
	if err := syscall.Listen(fd, backlog); err != nil {
		os.Remove(temp)
		return nil, "", err
	}
	l, err = net.FileListener(socket)
	if err != nil {
		os.Remove(temp)
		return nil, "", err
	}
	return l, temp, nil
}

// dress gives the socket at temp the owner and mode of the configuration. The
// owner comes first: chown may clear bits of the mode.
func dress(conf config.Server, temp string) (*socketFile, error) {
	if conf.Chown.UID != -1 || conf.Chown.GID != -1 {
		err := os.Lchown(temp, conf.Chown.UID, conf.Chown.GID)
		if errors.Is(err, syscall.EPERM) {
			return nil, &chownError{conf.Path, conf.Chown, err}
		}
		if err != nil {
			return nil, err
		}
	}
	if err := os.Chmod(temp, conf.Mode); err != nil {
		return nil, err
	}
	info, err := os.Lstat(temp)
	if err != nil {
		return nil, err
	}
	return &socketFile{conf.Path, info}, nil
}

// place gives the socket at temp its final name, replacing a stale one.
func place(temp, path string, warn io.Writer) error {
	var err error
	for range placeTries {
		err = link(temp, path)
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := mayReplace(path); err != nil {
			return err
		}
		fmt.Fprintf(warn, "Unlinking stale socket %s\n", path)
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

// link is os.Link, which never replaces anything. Some file systems have no
// hard links (those shared into virtual machines, mostly); there a rename must
// do, after a look that nothing is in its way.
func link(temp, path string) error {
	err := os.Link(temp, path)
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EOPNOTSUPP),
		errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.EMLINK):
		if _, e := os.Lstat(path); e == nil {
			return fs.ErrExist
		}
		return os.Rename(temp, path)
	}
	return err
}

// mayReplace returns nil if what is at path is left over: a socket on which
// nobody listens, a link to nothing, or an empty file. Supervisor deletes any
// file there; an option that points to the wrong file should not cost it.
//
// Whoever accepts the connection counts as alive, even if it never answers:
// an instance that is busy is not a stale one.
func mayReplace(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().IsRegular() && info.Size() == 0:
		return nil
	case info.Mode().Type() != fs.ModeSocket:
		return &pathError{fmt.Sprintf("%q exists and is not a socket; remove it or choose another file", path)}
	}
	c, err := net.DialTimeout("unix", path, probeTime)
	switch {
	case err == nil:
		c.Close()
		return syscall.EADDRINUSE
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return err // alive or not: it is somebody else's
	default:
		return syscall.EADDRINUSE // its queue is full, or it is of another kind
	}
}

// lockDir keeps other instances of this program from looking at, replacing and
// removing sockets in dir at the same time: two that start together would each
// take the other's fresh socket for the stale one they looked at before. If
// the lock cannot be had, things go on without it.
func lockDir(dir string) (unlock func()) {
	f, err := os.Open(dir)
	if err != nil {
		return func() {}
	}
	for end := time.Now().Add(lockTime); ; time.Sleep(10 * time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil || !errors.Is(err, syscall.EWOULDBLOCK) || time.Now().After(end) {
			return func() { f.Close() }
		}
	}
}
