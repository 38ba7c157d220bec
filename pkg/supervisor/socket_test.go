package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// fcgi makes an fcgi-program of so many processes with a socket in dir.
func fcgi(dir, name, script string, processes int) *config.Group {
	mode := fs.FileMode(0o700)
	path := filepath.Join(dir, name+".sock")
	socket := &config.Socket{URL: "unix://" + path, Network: "unix", Path: path, Mode: &mode}
	g := &config.Group{Name: name}
	for i := range processes {
		one := shell(fmt.Sprintf("%s%d", name, i), script, func(p *config.Program) {
			p.Group, p.Section, p.Socket = name, "fcgi-program:"+name, socket
		})
		g.Programs = append(g.Programs, one.Programs...)
	}
	return g
}

// The socket is there from the start of the first process to the end of the
// last, whichever these are, and comes back with the next start.
func TestSocketOfAPool(t *testing.T) {
	dir := t.TempDir()
	s, log := realBench(t, fcgi(dir, "f", "exec sleep 1000", 2))
	path := filepath.Join(dir, "f.sock")
	check := func(when string, open bool) {
		t.Helper()
		c, err := net.Dial("unix", path)
		if err == nil {
			c.Close()
		}
		_, gone := os.Lstat(path)
		if (err == nil) != open || errors.Is(gone, fs.ErrNotExist) == open {
			t.Errorf("%s: %v, %v\n%s", when, err, gone, log.text())
		}
	}
	stop := func(name string) {
		t.Helper()
		if _, err := s.StopProcess(t.Context(), name, true); err != nil {
			t.Error(err)
		}
	}
	check("before the start", false)
	start(t, s, "f:f0")
	check("one runs", true)
	start(t, s, "f:f1")
	stop("f:f0")
	check("the other runs", true)
	stop("f:f1")
	check("none runs", false)
	start(t, s, "f:f0")
	check("one runs again", true)
	if _, err := s.SendProcessStdin(t.Context(), "f:f0", "x"); fmt.Sprint(err) != "NO_FILE: f:f0" {
		t.Errorf("there is no way to its input, but: %v", err)
	}
	stop("f:f0")
	if made, closed := log.count("INFO Creating socket unix://"+path), log.count("INFO Closing socket unix://"+path); made != 2 || closed != 2 {
		t.Errorf("made %d times, closed %d times\n%s", made, closed, log.text())
	}
}

// A start that fails gives its share back; the reason why there is no socket is
// that of the failure.
func TestSocketOfAFailedStart(t *testing.T) {
	dir := t.TempDir()
	missing := fcgi(dir, "missing", "", 1)
	missing.Programs[0].Command = filepath.Join(dir, "nothing")
	nowhere := fcgi(filepath.Join(dir, "none"), "nowhere", "exec sleep 1000", 1)
	for _, g := range []*config.Group{missing, nowhere} {
		g.Programs[0].Autostart, g.Programs[0].StartRetries = true, 1
	}
	s, log := realBench(t, missing, nowhere)
	for name, reason := range map[string]string{
		"missing:missing0": "can't find command '" + dir + "/nothing'",
		"nowhere:nowhere0": "cannot listen on unix://" + dir + "/none/nowhere.sock: no such file or directory; hint: make the directory " + dir + "/none",
	} {
		info := awaitState(t, s, name, api.Fatal)
		if info.SpawnErr != reason {
			t.Errorf("%s: %q", name, info.SpawnErr)
		}
	}
	if made, closed := log.count("Creating socket unix://"+dir+"/missing"), log.count("Closing socket unix://"+dir+"/missing"); made != 2 || closed != 2 {
		t.Errorf("made %d times, closed %d times\n%s", made, closed, log.text())
	}
	if log.count("Closing socket unix://"+dir+"/none") != 0 {
		t.Errorf("what was never made was closed\n%s", log.text())
	}
}

func awaitState(t *testing.T, s *Supervisor, name string, state api.State) (info api.ProcessInfo) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		var err error
		if info, err = s.GetProcessInfo(context.Background(), name); err == nil && info.State == state {
			return info
		}
	}
	t.Fatalf("%s is %v", name, info.State)
	return info
}

// Sections share nothing, groups do: what tells two sockets apart is the section
// and everything that the configuration says of the socket.
func TestSocketsApart(t *testing.T) {
	dir := t.TempDir()
	program := func(change func(p *config.Program)) *config.Program {
		p := fcgi(dir, "f", "", 1).Programs[0]
		change(p)
		return p
	}
	wider := fs.FileMode(0o770)
	one := keyOf(program(func(*config.Program) {}))
	for name, c := range map[string]struct {
		change func(*config.Program)
		same   bool
	}{
		"group":   {func(p *config.Program) { p.Group = "g" }, true},
		"section": {func(p *config.Program) { p.Section = "fcgi-program:g" }, false},
		"url":     {func(p *config.Program) { p.Socket.URL += "x" }, false},
		"backlog": {func(p *config.Program) { p.Socket.Backlog = 5 }, false},
		"owner":   {func(p *config.Program) { p.Socket.Owner = &config.Owner{} }, false},
		"mode":    {func(p *config.Program) { p.Socket.Mode = &wider }, false},
	} {
		if got := keyOf(program(c.change)) == one; got != c.same {
			t.Errorf("another %s: the same socket: %t", name, got)
		}
	}
}

// However many come and go at once, everybody finds the socket open, and in the
// end it is closed and forgotten.
func TestSocketsAtOnce(t *testing.T) {
	log := &fakeLog{}
	all := newSockets(func(text string) { log.Log(config.Info, "%s", text) })
	p := fcgi(t.TempDir(), "f", "", 1).Programs[0]
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				share, err := all.take(p)
				if err != nil {
					t.Error(err)
					return
				}
				if c, err := net.Dial("unix", p.Socket.Path); err != nil {
					t.Error(err)
				} else {
					c.Close()
				}
				share.release()
				share.release()
			}
		})
	}
	group.Wait()
	if made, closed := log.count("Creating"), log.count("Closing"); made == 0 || made != closed || len(all.open) != 0 {
		t.Errorf("made %d times, closed %d times, %d are left", made, closed, len(all.open))
	}
}
