package system

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// logging, rotation: the newest lines are kept in the base file and as many
// backups as configured, .1 the newest; joined they have no gap, no doubled and
// no torn line.
func TestRotation(t *testing.T) {
	t.Parallel()
	const lines, size = 100_000, 60
	for _, c := range []struct {
		limit, backups string
		files          int // that there must be in the end
		complete       bool
	}{
		{"1MB", "20", 6, true},
		{"64KB", "20", 21, false},
		{"100KB", "1", 2, false},
		{"200KB", "0", 1, false},
		{"0", "10", 1, true},
	} {
		t.Run(c.limit+" "+c.backups, func(t *testing.T) {
			t.Parallel()
			d := daemon(t, section("program:count", child("count", fmt.Sprint(lines), fmt.Sprint(size)),
				"stdout_logfile=%(here)s/count.log", "stdout_logfile_maxbytes="+c.limit, "stdout_logfile_backups="+c.backups))
			var text string
			files := 0
			harness.Await(t, harness.Limit, "the last line is logged", func() error {
				text, files = joined(d, "count.log")
				if !strings.Contains(text, fmt.Sprintf("%09d ", lines-1)) && !(c.backups == "0" && strings.Contains(d.Log(), "RUNNING")) {
					return fmt.Errorf("%d bytes", len(text))
				}
				// Read while it was rotated, it may have gaps.
				if again, _ := joined(d, "count.log"); again != text {
					return errors.New("it is still written")
				}
				return nil
			})
			// Read again: it may have been rotated while it was read.
			text, files = joined(d, "count.log")
			if files != c.files {
				t.Errorf("%d files, want %d", files, c.files)
			}
			first := consecutive(t, text, size)
			if c.complete && first != 0 {
				t.Errorf("the first line is %d", first)
			}
		})
	}
}

// joined is a log with its backups, the oldest first, and their number.
func joined(d *harness.Daemon, name string) (text string, files int) {
	for i := 1; ; i++ {
		file := fmt.Sprintf("%s.%d", name, i)
		if _, err := os.Stat(d.Path(file)); err != nil {
			return text + d.Read(name), i
		}
		text = d.Read(file) + text
	}
}

// consecutive checks that the lines are numbered without a gap, up to the last,
// and returns the first number. The oldest line may have lost its beginning
// with the file before.
func consecutive(t *testing.T, text string, size int) int {
	t.Helper()
	first, next := -1, -1
	for i, line := range strings.SplitAfter(text, "\n") {
		var n int
		if _, err := fmt.Sscanf(line, "%09d ", &n); line == "" || i == 0 && (err != nil || len(line) != size) {
			continue
		} else if err != nil || len(line) != size {
			t.Fatalf("line %d of the joined files is torn: %q", i, line)
		}
		if next >= 0 && n != next {
			t.Fatalf("line %d follows line %d", n, next-1)
		}
		if first < 0 {
			first = n
		}
		next = n + 1
	}
	return first
}

// Both streams go to one log, in the order written, and there is no other.
func TestRedirectStderr(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Write("both", "#!/bin/sh\nfor i in 1 2 3; do echo out $i; echo err $i >&2; done\nexec sleep 1000\n")
	if err := os.Chmod(d.Path("both"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Configure(section("program:one", "command=%(here)s/both", "redirect_stderr=true", "stdout_logfile=%(here)s/one.log") +
		section("program:two", "command=%(here)s/both", "stdout_logfile=%(here)s/two.out", "stderr_logfile=%(here)s/two.err"))
	d.Start()
	d.AwaitAll("RUNNING")
	for name, want := range map[string]string{
		"one.log": "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n",
		"two.out": "out 1\nout 2\nout 3\n",
		"two.err": "err 1\nerr 2\nerr 3\n",
	} {
		d.AwaitFile(name, want)
		if got := d.Read(name); got != want {
			t.Errorf("%s holds %q", name, got)
		}
	}
	d.Ctl("tail", "one", "stderr").Want(t, 1, "one: ERROR (no log file)\n")
	d.Ctl("tail", "two", "stderr").Want(t, 0, "err 1\nerr 2\nerr 3\n\n")
	if n := countFiles(t, d.Dir, "one-stderr"); n != 0 {
		t.Errorf("there is an AUTO log for the stream that goes elsewhere")
	}
}

// /dev/stdout is the daemon's own output, whatever that is: here a pipe.
func TestDevStdout(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Configure(section("program:report", child("report"), "stdout_logfile=/dev/stdout", "stdout_logfile_maxbytes=0") +
		section("program:quiet", "command=cat"))
	d.Foreground("-s")
	d.AwaitAll("RUNNING")
	d.Ctl("signal", "USR1", "report").Want(t, 0, "report: signalled\n")
	harness.Await(t, harness.Limit, "its words are on the daemon's output", func() error {
		if got := d.Output(); got != "ready\ngot user defined signal 1\n" {
			return fmt.Errorf("%q", got)
		}
		return nil
	})
}

// With -n the main log is on the output too; with -s it is not.
func TestForegroundOutput(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Configure(section("program:cat", "command=cat"))
	d.Foreground()
	d.AwaitState("cat", "RUNNING")
	pid := d.Pid()
	d.Signal(syscall.SIGTERM)
	d.AwaitEnd(pid)
	inOrder(t, d.Output(), "INFO supervisord started with pid ", "INFO spawned: 'cat'", "INFO success: cat", "WARN stopped: cat")
	for _, line := range strings.Split(strings.TrimSpace(d.Log()), "\n") {
		if !strings.Contains(d.Output(), line) {
			t.Errorf("not on the output: %s", line)
		}
	}
}

// What is sent to a program's stdin arrives; there is no end of file.
func TestStdin(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:cat", "command=cat", "stdout_logfile=%(here)s/cat.log")+
		section("program:off", "command=cat", "autostart=false"))
	d.AwaitState("cat", "RUNNING")
	for _, text := range []string{"hello\n", "Grüße & <mehr>\n"} {
		if body := d.RPC("supervisor.sendProcessStdin", "cat", text); !strings.Contains(body, "<boolean>1</boolean>") {
			t.Errorf("%s", body)
		}
	}
	d.AwaitFile("cat.log", "hello\nGrüße & <mehr>\n")
	if body := d.RPC("supervisor.sendProcessStdin", "off", "hello"); !strings.Contains(body, "NOT_RUNNING: off") {
		t.Errorf("%s", body)
	}
	d.AwaitState("cat", "RUNNING")
}

// A log on a full disk costs the program nothing, and the others neither; the
// log goes on by itself when there is room again.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	asRoot(t)
	d := harness.New(t)
	disk := d.Path("disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("this machine lets nobody mount: %v, %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", disk).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	filler, err := os.Create(disk + "/filler")
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	filler.Close()

	d.Configure(section("program:report", child("report"), "stdout_logfile=%(here)s/disk/report.log", "stdout_logfile_maxbytes=0") +
		section("program:cat", "command=cat", "stdout_logfile=%(here)s/cat.log"))
	d.Start()
	d.AwaitAll("RUNNING")
	pid := d.PidOf("report")
	for range 20 {
		d.Ctl("signal", "HUP", "report").Want(t, 0, "report: signalled\n")
	}
	d.RPC("supervisor.sendProcessStdin", "cat", "hello\n")
	d.AwaitFile("cat.log", "hello\n")
	if info, err := os.Stat(disk + "/report.log"); err != nil || info.Size() != 0 {
		t.Errorf("is the disk full? %v, %v", info, err)
	}

	if err := os.Remove(disk + "/filler"); err != nil {
		t.Fatal(err)
	}
	harness.Await(t, harness.Limit, "the log goes on", func() error {
		d.Ctl("signal", "USR1", "report").Want(t, 0, "report: signalled\n")
		if got := d.Read("disk/report.log"); !strings.Contains(got, "got user defined signal 1") {
			return fmt.Errorf("it holds %q", got)
		}
		return nil
	})
	if d.PidOf("report") != pid {
		t.Error("the program was restarted")
	}
}

// A log that never takes anything.
func TestDevFull(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:full", child("count", "100000", "60"), "stdout_logfile=/dev/full", "stdout_logfile_maxbytes=0")+
		section("program:cat", "command=cat"))
	d.AwaitAll("RUNNING")
	d.Ctl("stop", "full").Want(t, 0, "full: stopped\n")
	d.AwaitState("cat", "RUNNING")
}
