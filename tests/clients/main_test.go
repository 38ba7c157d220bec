package clients_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"supervisord/tests/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// Both servers of every daemon here want this user and password.
const (
	user     = "user"
	password = "s3cret"

	python = "/usr/bin/python3" // the one that Debian's packages are for
)

// server is a daemon that answers on a unix socket and on TCP.
type server struct {
	*harness.Daemon
	inet string // http://127.0.0.1:PORT
	unix string // unix:///DIR/s.sock
	head string // the sections that all its configurations have
}

// newServer makes a daemon and starts nothing.
func newServer(t *testing.T) *server {
	t.Helper()
	d := harness.New(t)
	address := fmt.Sprintf("127.0.0.1:%d", harness.FreePorts(t, 1)[0])
	login := "username=" + user + "\npassword=" + password + "\n\n"
	return &server{
		Daemon: d,
		inet:   "http://" + address,
		unix:   "unix://" + d.Path("s.sock"),
		head: "[unix_http_server]\n" + login +
			"[inet_http_server]\nport=" + address + "\n" + login +
			"[supervisorctl]\n" + login,
	}
}

// start starts a daemon with these sections.
func start(t *testing.T, sections string) *server {
	t.Helper()
	s := newServer(t)
	s.configure(sections)
	s.Start()
	return s
}

// configure writes the configuration.
func (s *server) configure(sections string) { s.Configure(s.head + sections) }

// await waits until the named programs are in these states.
func (s *server) await(t *testing.T, states map[string]string) {
	t.Helper()
	harness.Await(t, harness.Limit, "the programs have settled", func() error {
		wrong := map[string]string{}
		for name, state := range states {
			wrong[name] = state
		}
		rows := s.Status()
		for _, row := range rows {
			if wrong[row.Name] == row.State {
				delete(wrong, row.Name)
			}
		}
		if len(wrong) > 0 {
			return fmt.Errorf("want %v, have %v", wrong, rows)
		}
		return nil
	})
}

// login puts the user and the password into a URL.
func login(url string) string {
	return strings.Replace(url, "://", "://"+user+":"+password+"@", 1)
}

// transport connects to the unix socket, whatever address is asked for.
func (s *server) transport() http.RoundTripper {
	return &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			dialer := net.Dialer{Timeout: 10 * time.Second}
			return dialer.DialContext(ctx, "unix", s.Path("s.sock"))
		},
	}
}

// testdata is the path of a file in testdata.
func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// needPerl needs a module of Perl.
func needPerl(t *testing.T, s *server, module string) {
	t.Helper()
	harness.Need(t, "perl")
	if r := s.Command("perl", "-M"+module, "-e", "1"); r.Code != 0 {
		harness.Lack(t, fmt.Sprintf("Perl has no %s: %s", module, r.Stderr))
	}
}

// must ends the test for an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// awaitText reads until a text has come.
func awaitText(t *testing.T, from io.Reader, text string) {
	t.Helper()
	var got bytes.Buffer
	for part := make([]byte, 4096); !strings.Contains(got.String(), text); {
		n, err := from.Read(part)
		got.Write(part[:n])
		if err != nil {
			t.Fatalf("%q does not come, but %q and then %v", text, got.String(), err)
		}
	}
}
