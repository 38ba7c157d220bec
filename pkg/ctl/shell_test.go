package ctl

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"supervisord/pkg/api"
)

// TestRun goes the way of main: one command with its exit status, a shell with
// 0, and the connection closed.
func TestRun(t *testing.T) {
	for _, c := range []struct {
		words  []string
		stdin  string
		stdout string
		exit   int
	}{
		{[]string{"pid"}, "", "5\n", 0},
		{[]string{"signal HUP", "x"}, "", "x: ERROR (bad signal name)\n", 1},
		{[]string{""}, "", "", 0},
		{[]string{"", ""}, "", "", 0},
		{nil, "bogus\n", "status table\nsupervisor> *** Unknown syntax: bogus\nsupervisor> \n", 0},
	} {
		f := &fake{answers: answers{"getPID": 5, "signalProcess x HUP": api.BadSignal.Fault("HUP"),
			"getAllProcessInfo": []api.ProcessInfo{}}}
		var out, errs strings.Builder
		exit := Run(t.Context(), Options{
			ServerURL: "http://x", Prompt: "supervisor", Stdin: strings.NewReader(c.stdin), Stdout: &out, Stderr: &errs,
			Plugins: []string{"ctlplugin:x"},
			Dial:    func(string, string, string) (Client, error) { return f, nil },
		}, c.words)
		want := strings.TrimPrefix(c.stdout, "status table\n")
		if exit != c.exit || out.String() != want || errs.String() != "" {
			t.Errorf("%q: exit %d, stdout %q, stderr %q", c.words, exit, out.String(), errs.String())
		}
		if len(f.calls) > 0 && !f.closed {
			t.Errorf("%q: the connection was left open", c.words)
		}
	}
}

func TestDialIsGivenWhatIsSet(t *testing.T) {
	var dialled []string
	f := &fake{answers: answers{"getAllProcessInfo": []api.ProcessInfo{}}}
	s, _, _ := newTest(f, nil)
	s.options.Username, s.options.Password = "u", "p"
	s.options.Dial = func(url, username, password string) (Client, error) {
		dialled = append(dialled, url+" "+username+" "+password)
		return f, nil
	}
	for _, line := range []string{"status", "open unix:///other", "status"} {
		s.execute(t.Context(), line)
		if !f.closed {
			t.Errorf("%s leaves the connection open", line)
		}
		f.closed = false
	}
	if want := []string{"http://localhost:9001 u p", "unix:///other u p", "unix:///other u p"}; !slices.Equal(dialled, want) {
		t.Errorf("dialled %q, want %q", dialled, want)
	}
}

// stuck is input on which nothing comes until it is told.
type stuck chan string

func (s stuck) Read(p []byte) (int, error) {
	text, ok := <-s
	if !ok {
		return 0, io.EOF
	}
	return copy(p, text), nil
}

// TestInput holds that waiting ends with the context, and that nothing which
// comes later is lost.
func TestInput(t *testing.T) {
	source := make(stuck)
	in := newInput(source)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if line, err := in.line(ctx); err != context.Canceled {
			t.Fatalf("%q, %v", line, err)
		}
	}
	go func() {
		source <- "first\nsec"
		source <- ""
		source <- "ond\nx"
		source <- "yz"
		close(source)
	}()
	var got []string
	for range 2 {
		line, err := in.line(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, line)
	}
	b, err := in.byte(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last, err := in.line(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, string(b), last)
	if want := []string{"first", "second", "x", "yz"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := in.line(t.Context()); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if _, err := in.byte(t.Context()); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	h := loadHistory(file) // not there yet
	h.save()
	if _, err := os.Stat(file); err == nil {
		t.Error("an empty history makes a file")
	}
	for _, line := range []string{"status", "", "status", "start web", "status", "stop web"} {
		h.Add(line)
	}
	h.save()
	h.Add("exit")
	h.save()
	other := loadHistory(file)
	other.Add("other")
	other.save()
	got, err := os.ReadFile(file)
	if want := "status\nstart web\nstatus\nstop web\nexit\nother\n"; err != nil || string(got) != want {
		t.Errorf("%v: %q, want %q", err, got, want)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v: mode %v", err, info.Mode())
	}

	h = loadHistory(file)
	if h.Len() != 6 || h.At(0) != "other" || h.At(5) != "status" {
		t.Errorf("%d entries: %q", h.Len(), h.entries)
	}
	var found []string
	for line := "st"; len(found) < 5; {
		line = h.search(line)
		found = append(found, line)
	}
	if want := []string{"stop web", "status", "start web", "status", "status"}; !slices.Equal(found, want) {
		t.Errorf("search found %q, want %q", found, want)
	}
	if got := h.search("web"); got != "stop web" {
		t.Errorf("a new search found %q", got)
	}
	if got := h.search("nowhere"); got != "nowhere" {
		t.Errorf("a search for nothing found %q", got)
	}
	loadHistory("").save()
}

// As in readline a search goes on with what is typed after Ctrl-R, from what it
// shows to older lines; what matches nothing is added to the line.
func TestHistoryExtend(t *testing.T) {
	h := &history{entries: []string{"start web", "stop web", "tail -f web", "status"}}
	if _, ok := h.extend("status", 6, ' '); ok {
		t.Error("a search that nobody began")
	}
	line := h.search("")
	for _, step := range []struct {
		key  rune
		want string
	}{{'t', "status"}, {'a', "status"}, {'i', "tail -f web"}} {
		found, ok := h.extend(line, len(line), step.key)
		if line = found; !ok || line != step.want {
			t.Fatalf("after %c: %q, %v, want %q", step.key, line, ok, step.want)
		}
	}
	if found, ok := h.extend(line, 3, 'l'); ok {
		t.Errorf("a key inside the line found %q", found)
	}
	line = h.search("st")
	if found, ok := h.extend(line, len(line), 'x'); ok {
		t.Errorf("stx found %q", found)
	}
	if found, ok := h.extend(line+"x", len(line)+1, 'w'); ok {
		t.Errorf("a search that has ended found %q", found)
	}
}

func TestComplete(t *testing.T) {
	infos := append(processes(),
		api.ProcessInfo{Group: "grp-2", Name: "grp-2"}, api.ProcessInfo{Group: "größe", Name: "größe"},
		api.ProcessInfo{Group: "grünes", Name: "grünes"})
	for _, c := range []struct{ line, want, candidates string }{
		{"|", "|", "add avail clear exit fg help maintail open pid quit reload remove reread restart shutdown signal start status stop tail update version"},
		{"ma|", "maintail |", ""},
		{"s|", "s|", "shutdown signal start status stop"},
		{"sto|", "stop |", ""},
		{"x|", "x|", ""},
		{"maintail |", "maintail |", ""},
		{"bogus |", "bogus |", ""},
		{"help ma|", "help maintail |", ""},
		{"start ca|", "start cat |", ""},
		{"start cat qu|", "start cat quick |", ""},
		{"signal HUP ca|", "signal HUP cat |", ""},
		{"stop ca| x", "stop cat | x", ""},
		{"status grp:|", "status grp:|", "grp:* grp:a grp:b"},
		{"status cat:|", "status cat:|", "cat:* cat:cat"},
		{"status gr|", "status gr|", "grp-2 grp:* grp:a grp:b größe grünes"},
		{"status grp-|", "status grp-2 |", ""},
		{"status grö|", "status größe |", ""},
		{"update gr|", "update gr|", "grp grp-2 größe grünes"},
		{"add ss|", "add ss0 |", ""},
		{"remove (ss|", "remove (ss0 |", ""},
		{"  pid qu|", "  pid quick |", ""},
	} {
		line, pos := strings.Replace(c.line, "|", "", 1), strings.Index(c.line, "|")
		s, _, _ := newTest(&fake{answers: answers{"getAllProcessInfo": infos}}, nil)
		newLine, newPos, candidates := s.complete(t.Context(), line, pos)
		if got := newLine[:newPos] + "|" + newLine[newPos:]; got != c.want || strings.Join(candidates, " ") != c.candidates {
			t.Errorf("%q: %q %q, want %q %q", c.line, got, candidates, c.want, c.candidates)
		}
	}
}

func TestCompleteAsksOnceALine(t *testing.T) {
	f := &fake{answers: answers{"getAllProcessInfo": processes(), "getPID": 3}}
	s, _, _ := newTest(f, nil)
	for range 3 {
		s.complete(t.Context(), "start ", 6)
	}
	s.execute(t.Context(), "pid")
	s.complete(t.Context(), "start ", 6)
	if want := []string{"getAllProcessInfo", "getVersion", "getPID", "getAllProcessInfo"}; !slices.Equal(f.calls, want) {
		t.Errorf("calls %q, want %q", f.calls, want)
	}
	down, stdout, _ := newTest(&fake{answers: answers{"getAllProcessInfo": syscall.ECONNREFUSED}}, nil)
	if line, pos, candidates := down.complete(t.Context(), "start ", 6); line != "start " || pos != 6 || candidates != nil || stdout.Len() > 0 {
		t.Errorf("without a supervisord: %q %d %q, printed %q", line, pos, candidates, stdout)
	}
}

// TestTable holds the table of commands to its own rules.
func TestTable(t *testing.T) {
	table := Commands()
	if !slices.IsSortedFunc(table, func(a, b Command) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not sorted by name")
	}
	for _, c := range table {
		if c.Run == nil || len(c.Help) == 0 || !strings.HasPrefix(c.Help[0], c.Name) {
			t.Errorf("%s lacks something", c.Name)
		}
	}
}
