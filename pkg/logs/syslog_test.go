package logs

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"supervisord/pkg/config"
)

// syslogDaemon listens where a Syslog sends to.
func syslogDaemon(t *testing.T, path string) net.PacketConn {
	t.Helper()
	os.Remove(path)
	conn, err := net.ListenPacket("unixgram", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func receive(t *testing.T, conn net.PacketConn) string {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(patience))
	b := make([]byte, 100_000)
	n, _, err := conn.ReadFrom(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

// The form is that of syslog(3), as Supervisor's messages have it (recorded).
func TestSyslogForm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	daemon := syslogDaemon(t, path)
	s := newSyslog("supervisord", nil, []string{path + ".none", path})
	defer s.Close()
	s.now = func() time.Time { return time.Date(2026, 11, 4, 3, 4, 5, 0, time.Local) }
	for text, want := range map[string]string{
		"web hello":              "<14>Nov  4 03:04:05 supervisord: web hello",
		"":                       "<14>Nov  4 03:04:05 supervisord: ",
		"tab\tesc\x1b[0m \xff é": "<14>Nov  4 03:04:05 supervisord: tab\tesc\x1b[0m \xff é",
	} {
		s.Send(text)
		if got := receive(t, daemon); got != want {
			t.Errorf("Send(%q) sent %q, want %q", text, got, want)
		}
	}
}

// A daemon that is restarted is found again, one that is not there costs nobody
// anything.
func TestSyslogComesAndGoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	var reports atomic.Int32
	var text atomic.Value
	s := newSyslog("x", func(level config.Level, message string) {
		reports.Add(1)
		text.Store(message)
	}, []string{path})
	defer s.Close()
	for range 10 {
		s.Send("nobody hears this")
	}
	eventually(t, "the messages to be dropped", func() bool { return s.Dropped() == 10 })
	if reports.Load() != 1 || !strings.HasPrefix(text.Load().(string), "cannot send to syslog: ") {
		t.Errorf("%d reports: %v", reports.Load(), text.Load())
	}
	for i := range 3 {
		daemon := syslogDaemon(t, path)
		got := make(chan string, 100)
		go func() {
			b := make([]byte, 1000)
			for {
				n, _, err := daemon.ReadFrom(b)
				if err != nil {
					return
				}
				got <- string(b[:n])
			}
		}()
		eventually(t, "a message", func() bool {
			s.Send(fmt.Sprint("round ", i))
			select {
			case message := <-got:
				return strings.HasSuffix(message, fmt.Sprint("x: round ", i))
			case <-time.After(10 * time.Millisecond):
				return false
			}
		})
		daemon.Close()
	}
}

// A daemon that does not read costs messages, and never waiting.
func TestSyslogStalls(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	daemon := syslogDaemon(t, path)
	s := newSyslog("x", nil, []string{path})
	begun := time.Now()
	const sent = 3 * syslogQueue
	for range sent {
		s.Send("x")
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("sending took %v", took)
	}
	eventually(t, "messages to be dropped", func() bool { return s.Dropped() > 0 })
	// Once it reads, it hears how many are missing.
	heard := 0
	for {
		message := receive(t, daemon)
		var n int
		if _, err := fmt.Sscanf(message[strings.Index(message, "x: "):], "x: %d messages dropped", &n); err == nil {
			break
		}
		heard++
	}
	if heard+int(s.Dropped()) > sent {
		t.Errorf("%d heard, %d dropped, %d sent", heard, s.Dropped(), sent)
	}
	s.Close()
	s.Send("after Close")
}

// An old daemon has a stream socket, in which messages end with a zero.
func TestSyslogStream(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	s := newSyslog("x", nil, []string{path})
	s.Send("one")
	s.Send("two")
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s.Close()
	conn.SetReadDeadline(time.Now().Add(patience))
	var b bytes.Buffer
	if _, err := b.ReadFrom(conn); err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(b.String(), "\x00"); len(got) != 3 || !strings.HasSuffix(got[0], "x: one") || !strings.HasSuffix(got[1], "x: two") || got[2] != "" {
		t.Errorf("got %q", got)
	}
}

func TestSyslogLongMessage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	daemon := syslogDaemon(t, path)
	s := newSyslog("x", nil, []string{path})
	defer s.Close()
	s.Send(strings.Repeat("y", 1<<20))
	if got := receive(t, daemon); len(got) != syslogShort {
		t.Errorf("%d bytes arrived, want %d", len(got), syslogShort)
	}
}
