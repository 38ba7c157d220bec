package httpd

import (
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"supervisord/pkg/config"
)

// The words for what cannot be brought about in a test that may run as root.
func TestListenErrorTexts(t *testing.T) {
	const open = "Cannot open an HTTP server: "
	conf := config.Server{Section: "inet_http_server", Network: "tcp", Host: "h", Port: 9001}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&os.PathError{Op: "bind", Path: "/x", Err: syscall.EACCES}, open + "socket.error reported errno.EACCES (13)"},
		{&os.LinkError{Op: "link", Err: syscall.EROFS}, open + "socket.error reported errno.EROFS (30)"},
		{syscall.Errno(9999), open + "socket.error reported 9999"},
		{&net.DNSError{IsNotFound: true}, open + "socket.error reported -2"},
		{&net.DNSError{IsTemporary: true}, open + "socket.error reported -3"},
		{&pathError{`"/x" exists`}, open + `"/x" exists`},
		{&os.SyscallError{Syscall: "bind", Err: syscall.EADDRINUSE}, textInUse},
		{&chownError{"/x", config.Owner{UID: 3, GID: -1}, syscall.EPERM},
			`Not permitted to chown /x to uid/gid (3, -1); adjust "sockchown" value in config file or on command line to values that the current user (`},
	} {
		e := openError(conf, tt.err)
		if !strings.HasPrefix(e.Error(), tt.want) {
			t.Errorf("%v: %s", tt.err, e)
		}
		if want := "[inet_http_server] h:9001: "; !strings.HasPrefix(e.Hint(), want) {
			t.Errorf("hint %q", e.Hint())
		}
	}
}
