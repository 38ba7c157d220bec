package xmlrpc

import (
	"errors"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
)

// The one thread that asks gives up its rights on files: this works for root,
// too, whom no mode would stop.
func TestNoPermission(t *testing.T) {
	path := socketPath(t)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	c, err := NewClient("unix://"+path, "", "")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		const nobody = 65534
		syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
		_, err := c.GetPID(t.Context())
		done <- err
	}()
	if err := <-done; !errors.Is(err, syscall.EACCES) {
		t.Errorf("%v", err)
	}
}
