package httpd_test

import (
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"supervisord/pkg/config"
	"supervisord/pkg/httpd"
)

// supervisorctl starts Supervisor's own client against addr.
func supervisorctl(t *testing.T, addr net.Addr, arguments ...string) *exec.Cmd {
	t.Helper()
	const python, program = "/usr/bin/python3", "/usr/bin/supervisorctl"
	for _, path := range []string{python, program} {
		if _, err := os.Stat(path); err != nil {
			t.Skipf("Supervisor is not installed: %v", err)
		}
	}
	file := filepath.Join(t.TempDir(), "c.conf")
	if err := os.WriteFile(file, []byte("[supervisorctl]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := "http://" + addr.String()
	if addr.Network() == "unix" {
		url = "unix://" + addr.String()
	}
	return exec.Command(python, append([]string{program, "-c", file, "-s", url, "-u", "me", "-p", "pass:word"}, arguments...)...)
}

// GetAPIVersion is what the client asks first.
func (f *fake) GetAPIVersion(context.Context) (string, error) { return "3.0", nil }

// Supervisor's own client works with us, on both kinds of sockets, with a
// password: calls, and streams that end with the client.
func TestSupervisorctl(t *testing.T) {
	for _, server := range []config.Server{tcp, unix(filepath.Join(t.TempDir(), "s"))} {
		t.Run(server.Network, func(t *testing.T) {
			r := serve(t, httpd.Options{}, locked(server, "me", "pass:word"))
			r.write("web.out", "first\n")
			r.write("main.log", "main\n")
			out, err := supervisorctl(t, r.addrs[0], "status").CombinedOutput()
			if _, failed := err.(*exec.ExitError); !failed || !strings.Contains(string(out), "web                              RUNNING   pid 7, uptime 0:00:01\n") {
				t.Errorf("status: %v\n%s", err, out)
			}
			for _, c := range []struct{ command, file, first string }{
				{"tail -f web", "web.out", "==> Press Ctrl-C to exit <==\nfirst\n"},
				{"maintail -f", "main.log", "==> Press Ctrl-C to exit <==\nmain\n"},
			} {
				cmd := supervisorctl(t, r.addrs[0], strings.Fields(c.command)...)
				stdout, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				next(t, stdout, c.first)
				r.append(c.file, "more\n")
				next(t, stdout, "more\n")
				cmd.Process.Kill()
				io.Copy(io.Discard, stdout)
				cmd.Wait()
			}
		})
	}
}
