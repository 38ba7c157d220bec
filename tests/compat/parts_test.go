package compat

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for line, want := range map[string][]string{
		"":                     nil,
		"a  b":                 {"a", "b"},
		"''":                   {""},
		`'a b' "c\nd"e`:        {"a b", "c\nde"},
		`status 'cat; status'`: {"status", "cat; status"},
	} {
		if got := words(line); !slices.Equal(got, want) {
			t.Errorf("words(%q) = %q, want %q", line, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	head, files := split("steps\n-- a/b --\nx\n-- c --\n")
	if head != "steps\n" || !slices.Equal(files, []file{{"a/b", "x\n"}, {"c", ""}}) {
		t.Errorf("head %q, files %q", head, files)
	}
}

func TestCallXML(t *testing.T) {
	got, err := callXML("m", `["a<b", 1, 1.5, true, null, [2], {"n": ""}]`)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<string>a&lt;b</string>", "<int>1</int>", "<double>1.5</double>", "<boolean>1</boolean>", "<nil/>",
		"<array><data>\n<value><int>2</int></value>\n</data></array>",
		"<struct>\n<member>\n<name>n</name>\n<value><string></string></value>\n</member>\n</struct>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	for _, args := range []string{"", "5", "[", `["a"`} {
		if _, err := callXML("m", args); err == nil {
			t.Errorf("arguments %q were taken", args)
		}
	}
}

// TestArrange holds that the order of lines within one process is kept, the
// order of processes is not, and the number of repetitions is not shown.
func TestArrange(t *testing.T) {
	const at = "2026-01-02 03:04:05,678 "
	got := arrange(at + "INFO spawned: 'b' with pid 1\n" +
		at + "INFO supervisord started with pid 1\n" +
		at + "INFO spawned: 'a' with pid 2\n" +
		at + "WARN exited: a (exit status 1; not expected)\n" +
		at + "INFO waiting for a, b to die\n" +
		at + "INFO waiting for b to die\n" +
		at + "DEBG 'b' stdout output:\ntext\n\n" +
		at + "INFO waiting for b to stop\n" +
		at + "WARN stopped: b (terminated by SIGTERM)\n")
	want := "INFO supervisord started with pid 1\nINFO waiting for a, b to die\n" +
		"DEBG 'b' stdout output:\ntext\n\n" +
		"INFO spawned: 'a' with pid 2\nWARN exited: a (exit status 1; not expected)\n" +
		"INFO spawned: 'b' with pid 1\nWARN stopped: b (terminated by SIGTERM)\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMasks(t *testing.T) {
	w := &world{dir: "/d/a", ports: []string{"12345", "23456"}, daemon: program{path: "/x/supervisord"}, client: program{path: "/x/supervisorctl"}}
	for text, want := range map[string]string{
		"cat   RUNNING   pid 17, uptime 1 day, 2:03:04": "cat   RUNNING   pid PID, uptime H:MM:SS",
		"cat   EXITED    Nov 23 09:43 PM":               "cat   EXITED    MON DD HH:MM PM",
		"<name>pid</name>\n<value><int>0</int>":         "<name>pid</name>\n<value><int>0</int>",
		"<name>stop</name>\n<value><int>17</int>":       "<name>stop</name>\n<value><int>TIME</int>",
		"17\n0\n":                                      "PID\n0\n",
		"For help, use /x/supervisorctl -h":            "For help, use SUPERVISORCTL -h",
		"/d/a/tmp/x-stdout---compat-a_b1c2d3.log":      "$DIR/tmp/x-stdout---compat-XXXXXXXX.log",
		"error: <class 'X'>, y: file: /a.py line: 3\n": "error: <class 'X'>, y: file: FILE line: N\n",
		"http://127.0.0.1:23456 refused connection":    "http://127.0.0.1:PORT2 refused connection",
		"spawned: 'x' with pid 23456":                  "spawned: 'x' with pid N",
		"0\npipe:[4711]\n":                             "0\npipe:[N]\n",
		"stderr: /l Cannot connect, error: <class 'KeyboardInterrupt'> ()\nexit code 0": "\nexit code 0",
		"stderr: CLOSED Cannot connect, error: <class 'SystemExit'> ()\nexit code 0":    "exit code 0",

		"Username:error: <class 'X'>, y: file: b line: 0\n":                                                                   "Username:error: <class 'X'>, y: file: FILE line: N\n",
		"stderr: Error: a\nstderr: b\nstderr: For help, use /x/supervisord -h\nstderr: \nstderr: c\nstderr: d\nexit code 2\n": "stderr: Error: a\nstderr: b\nstderr: For help, use SUPERVISORD -h\nexit code 2\n",
		"stderr: Error: a\nstderr: For help, use x -h\nstderr: c\n":                                                           "stderr: Error: a\nstderr: For help, use x -h\nstderr: c\n",
		"x -- y\n\nUsage: x [options]\n\nOptions:\n-a/--bc D -- e\n     f\n--check -- g\n--new -- h\nexit code 0\n":           "x -- y\n\nUsage: x [options]\n\nOptions:\n-a/--bc\n--new\nexit code 0\n",
	} {
		if got := w.masker(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

// TestHeaders holds that the order of headers does not matter, their values do.
func TestHeaders(t *testing.T) {
	a := response{head: []string{"HTTP/1.1 200 OK\r", "Server: a\r", "B: 1\r", "Connection: Keep-Alive\r", "Content-Length: 3\r"}, body: []byte("abc")}
	b := response{head: []string{"HTTP/1.1 200 OK\r", "Content-Length: 4\r", "X-Content-Type-Options: nosniff\r", "Connection: keep-alive\r", "B: 1\r"}, body: []byte("abc")}
	const want = "HTTP/1.1 200 OK\nB: 1\nConnection: keep-alive\nContent-Length: LENGTH\nabc(no newline)\n"
	if a.text(true) != want || b.text(true) != want {
		t.Errorf("%q and %q, want %q", a.text(true), b.text(true), want)
	}
	b.head[4] = "B: 1"
	if b.text(true) == want {
		t.Error("a line without CR is not shown")
	}
}

// TestReadScript holds what a script may say.
func TestReadScript(t *testing.T) {
	s, err := readScript("x", "# comment\ndiffers some-id ^b$\nsorted ctl status\nlog\n-- f --\ndata\n")
	if err != nil {
		t.Fatal(err)
	}
	st := s.steps[0]
	if len(s.steps) != 2 || st.verb != "ctl" || !st.sorted || st.differs != "some-id" || st.ours.String() != "(?s)^b$" {
		t.Errorf("steps %+v", s.steps)
	}
	if s.steps[1].differs != "" {
		t.Error("a mark reaches beyond its step")
	}
	shown := string(s.transcript([]string{"a\n", "b\n"}, true))
	if regexp.MustCompile(`(?m)^a$`).MatchString(shown) || !strings.Contains(shown, "(differs: some-id)") {
		t.Errorf("a marked step is compared:\n%s", shown)
	}
	for _, text := range []string{"bogus\n", "differs id\nlog\n", "differs id (\nlog\n", "include nowhere\n"} {
		if _, err := readScript("x", text); err == nil {
			t.Errorf("script %q was taken", text)
		}
	}
}
