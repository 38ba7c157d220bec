package spawn

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"supervisord/pkg/config"
)

// unixSocket is the configuration of a unix socket.
func unixSocket(path string, mode fs.FileMode) *config.Socket {
	return &config.Socket{URL: "unix://" + path, Network: "unix", Path: path, Mode: &mode}
}

func tcpSocket(host string, port int) *config.Socket {
	return &config.Socket{URL: fmt.Sprintf("tcp://%s:%d", host, port), Network: "tcp", Host: host, Port: port}
}

// takes reports whether somebody listens at an address.
func takes(t *testing.T, network, address string) bool {
	t.Helper()
	c, err := net.Dial(network, address)
	if err == nil {
		c.Close()
	}
	return err == nil
}

// The socket is what a program expects as its standard input, belongs to nobody
// else, and has the mode that was asked for whatever the umask is.
func TestListenUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	old := syscall.Umask(0o077)
	l, err := Listen(unixSocket(path, 0o666))
	syscall.Umask(old)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != fs.ModeSocket|0o666 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	dup, err := l.Dup()
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(dup)
	for _, fd := range []int{l.fd, dup} {
		if flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("descriptor %d is not close-on-exec", fd)
		}
	}
	if flags, _ := unix.FcntlInt(uintptr(dup), unix.F_GETFL, 0); flags&unix.O_NONBLOCK != 0 {
		t.Error("the socket does not block")
	}
	if !takes(t, "unix", path) {
		t.Error("nobody listens")
	}
	l.Close()
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

// Root gives the socket to its owner.
func TestListenUnixOwner(t *testing.T) {
	s := unixSocket(filepath.Join(t.TempDir(), "s"), 0o700)
	s.Owner = &config.Owner{UID: 1, GID: 2}
	l, err := Listen(s)
	if os.Getuid() != 0 {
		if err == nil || !strings.Contains(err.Error(), "change the owner") {
			t.Errorf("%v", err)
		}
		if _, err := os.Lstat(s.Path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the file is still there: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	info, err := os.Stat(s.Path)
	if err != nil {
		t.Fatal(err)
	}
	if st := info.Sys().(*syscall.Stat_t); st.Uid != 1 || st.Gid != 2 || info.Mode().Perm() != 0o700 {
		t.Errorf("uid %d, gid %d, %v", st.Uid, st.Gid, info.Mode())
	}
}

// A socket and an empty file are replaced, what holds something never. A file
// that took our place is not removed.
func TestListenUnixTakesPlace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	first, err := Listen(unixSocket(path, 0o700))
	if err != nil {
		t.Fatal(err)
	}
	second, err := Listen(unixSocket(path, 0o700))
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	if !takes(t, "unix", path) {
		t.Error("the socket of the successor was removed")
	}
	second.Close()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	third, err := Listen(unixSocket(path, 0o700))
	if err != nil {
		t.Fatal(err)
	}
	third.Close()
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, precious := range []string{path, dir} {
		if _, err := Listen(unixSocket(precious, 0o700)); !errors.Is(err, errNoSocket) {
			t.Errorf("%s: %v", precious, err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "precious" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestListenTCP(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "localhost"} {
		s := tcpSocket(host, freePort(t))
		s.Backlog = 1
		l, err := Listen(s)
		if err != nil {
			t.Fatal(err)
		}
		address := fmt.Sprintf("127.0.0.1:%d", s.Port)
		if !takes(t, "tcp", address) {
			t.Errorf("nobody listens on %s", s.URL)
		}
		if _, err := Listen(s); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("a second listener: %v", err)
		}
		l.Close()
		if takes(t, "tcp", address) {
			t.Errorf("%s is not closed", s.URL)
		}
		again, err := Listen(s)
		if err != nil {
			t.Fatal(err)
		}
		again.Close()
	}
}

// freePort is a port on which nobody listens.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Every error names the socket, the cause, and what to do.
func TestListenErrors(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	busy, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	port := busy.Addr().(*net.TCPAddr).Port
	long := "/" + strings.Repeat("x", 200)
	for _, c := range []struct {
		socket *config.Socket
		want   string
	}{
		{unixSocket(dir+"/none/s", 0o700), "cannot listen on unix://" + dir + "/none/s: no such file or directory; hint: make the directory " + dir + "/none"},
		{unixSocket(file+"/s", 0o700), "cannot listen on unix://" + file + "/s: not a directory; hint: make the directory " + file},
		{unixSocket(file, 0o700), "cannot listen on unix://" + file + ": there is something else, which is no socket; hint: remove it, or choose another path"},
		{unixSocket(long, 0o700), "cannot listen on unix://" + long + ": the path is too long for a socket; hint: choose a shorter one"},
		{tcpSocket("127.0.0.1", port), fmt.Sprintf("cannot listen on tcp://127.0.0.1:%d: address already in use; hint: another program listens there: end it, or choose another port", port)},
		{tcpSocket("203.0.113.1", port), fmt.Sprintf("cannot listen on tcp://203.0.113.1:%d: cannot assign requested address; hint: 203.0.113.1 is no address of this machine", port)},
	} {
		_, err := Listen(c.socket)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != Resources || e.Text != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.socket.URL, err, c.want)
		}
	}
	// The words of the resolver are those of the system.
	_, err = Listen(tcpSocket("no-such-host.invalid", port))
	if err == nil || !strings.Contains(err.Error(), "no-such-host.invalid") || !strings.HasSuffix(err.Error(), "; hint: write an IPv4 address of this machine into socket=") {
		t.Errorf("%v", err)
	}
}
