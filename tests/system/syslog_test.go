package system

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// syslogd is a syslog daemon that keeps what it is sent.
type syslogd struct {
	mu       sync.Mutex
	messages []string
}

// listenSyslog makes the directory dev of d with a socket "log" in it, on which
// a syslog daemon listens.
func listenSyslog(t *testing.T, d *harness.Daemon) *syslogd {
	t.Helper()
	if err := os.Mkdir(d.Path("dev"), 0o755); err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: d.Path("dev/log")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	s := &syslogd{}
	go func() {
		for buffer := make([]byte, 64<<10); ; {
			n, err := conn.Read(buffer)
			if err != nil {
				return // closed
			}
			s.mu.Lock()
			s.messages = append(s.messages, stamp.ReplaceAllString(strings.TrimRight(string(buffer[:n]), "\x00\n"), "STAMP "))
			s.mu.Unlock()
		}
	}()
	return s
}

// stamp is the time in a message.
var stamp = regexp.MustCompile(`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d `)

// await waits until all of the messages have come, each once.
func (s *syslogd) await(t *testing.T, want ...string) {
	t.Helper()
	s.awaitTimes(t, 1, want...)
}

// awaitTimes waits until all of the messages have come so many times.
func (s *syslogd) awaitTimes(t *testing.T, times int, want ...string) {
	t.Helper()
	harness.Await(t, harness.Limit, "messages to syslog", func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, w := range want {
			n := 0
			for _, m := range s.messages {
				if m == w {
					n++
				}
			}
			if n != times {
				return fmt.Errorf("%q has come %d times, in %q", w, n, s.messages)
			}
		}
		return nil
	})
}

// privateDev gives a command that runs another with the directory dev of d for
// its /dev; /dev/null and the like stay what they are.
func privateDev(d *harness.Daemon, command ...string) *exec.Cmd {
	const script = `cd "$0"
for device in null zero random urandom tty; do
	touch dev/$device && mount --bind /dev/$device dev/$device || exit 99
done
ln -sf /proc/self/fd dev/fd
mount --rbind dev /dev && exec "$@"`
	return exec.Command("unshare", append([]string{"-m", "--propagation", "private", "sh", "-c", script, d.Dir}, command...)...)
}

// logging, syslog: what programs print goes to syslog line by line, beside the
// file or in its place, and so does the main log. Colours are taken out.
func TestSyslog(t *testing.T) {
	t.Parallel()
	asRoot(t)
	d := harness.New(t)
	s := listenSyslog(t, d)
	if out, err := privateDev(d, "true").CombinedOutput(); err != nil {
		t.Skipf("this machine lets nobody have a /dev of his own: %v, %s", err, out)
	}
	d.Write("say", "#!/bin/sh\nprintf 'to stdout\\n\\nsecond \\033[31mred\\033[0m\\n'\nprintf 'to stderr\\n' >&2\nexec sleep 1000\n")
	if err := os.Chmod(d.Path("say"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Configure(section("supervisord", "logfile=syslog", "strip_ansi=true", "identifier=somebody") +
		section("program:both", "command=%(here)s/say", "stdout_syslog=true", "stdout_logfile=%(here)s/both.log", "stderr_syslog=true", "stderr_logfile=NONE") +
		section("program:old", "command=%(here)s/say", "stdout_logfile=syslog", "stderr_logfile=NONE") +
		section("program:merged", "command=%(here)s/say", "redirect_stderr=true", "stdout_syslog=yes", "stdout_logfile=NONE") +
		section("program:file", "command=%(here)s/say", "stdout_logfile=%(here)s/file.log", "stderr_logfile=%(here)s/file.err"))
	d.ForegroundCommand(privateDev(d, harness.DaemonPath(), "-n", "-c", d.Conf))
	d.AwaitAll("RUNNING")
	s.await(t,
		"<14>STAMP supervisord: both to stdout", "<14>STAMP supervisord: both ", "<14>STAMP supervisord: both second red", "<14>STAMP supervisord: both to stderr",
		"<14>STAMP supervisord: old to stdout", "<14>STAMP supervisord: old second red",
		"<14>STAMP supervisord: merged to stdout", "<14>STAMP supervisord: merged second red", "<14>STAMP supervisord: merged to stderr")
	s.mu.Lock()
	messages := slices.Clone(s.messages)
	s.mu.Unlock()
	for _, want := range []string{
		`^<14>STAMP supervisord: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO supervisord started with pid \d+$`,
		`^<14>STAMP supervisord: .* INFO spawned: 'both' with pid \d+$`,
		`^<14>STAMP supervisord: .* WARN For \[program:old\], stdout_logfile=syslog but this is deprecated`,
	} {
		if !slices.ContainsFunc(messages, regexp.MustCompile(want).MatchString) {
			t.Errorf("no message is %s, in\n%s", want, strings.Join(messages, "\n"))
		}
	}
	for _, m := range messages {
		if strings.Contains(m, "supervisord: file ") || strings.Contains(m, "old to stderr") {
			t.Errorf("this was not to be sent: %q", m)
		}
	}
	for name, want := range map[string]string{"both.log": "to stdout\n\nsecond red\n", "file.log": "to stdout\n\nsecond red\n", "file.err": "to stderr\n"} {
		if got := d.Read(name); got != want {
			t.Errorf("%s holds %q", name, got)
		}
	}
	if d.Log() != "" {
		t.Errorf("there is a main log file too: %q", d.Log())
	}
	// Opening the logs anew leaves syslog as it is.
	d.Signal(syscall.SIGUSR2)
	harness.Await(t, harness.Limit, "the main log after SIGUSR2", func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, m := range s.messages {
			if strings.HasSuffix(m, "INFO supervisord logreopen") {
				return nil
			}
		}
		return fmt.Errorf("no message of the reopening in %q", s.messages)
	})
	d.Ctl("restart", "merged").Want(t, 0, "merged: stopped\nmerged: started\n")
	s.awaitTimes(t, 2, "<14>STAMP supervisord: merged to stdout", "<14>STAMP supervisord: merged to stderr")
}
