package ctl

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"

	"supervisord/pkg/api"
)

// newTest returns a session on a fake, and what it writes.
func newTest(f *fake, stdin io.Reader) (s *Session, stdout, stderr *bytes.Buffer) {
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	s = newSession(Options{
		ServerURL: "http://localhost:9001", Prompt: "supervisor", Stdin: stdin, Stdout: stdout, Stderr: stderr,
		Dial: func(string, string, string) (Client, error) { return f, nil },
	})
	return s, stdout, stderr
}

func TestFollow(t *testing.T) {
	pages := map[string]page{
		"/logtail/cat/stdout": {text: "out\n"},
		"/logtail/g:x/stderr": {text: "größe \xff\n"},
		"/mainlogtail":        {text: "main"},
	}
	const url = "http://localhost:9001"
	for _, c := range []struct{ line, stdout, stderr string }{
		{"tail -f cat", "out\n", ""},
		{"tail -f g:x STDERR", `Undecodable: b'gr\xc3\xb6\xc3\x9fe \xff\n'`, ""},
		{"maintail -f", "main", ""},
		{"tail -f missing", "", url + "/logtail/missing/stdout Cannot read, status code 404\n"},
		{"tail -f a/b?c%d stderr", "", url + "/logtail/a/b?c%d/stderr Cannot read, status code 404\n"},
	} {
		s, stdout, stderr := newTest(&fake{pages: pages}, nil)
		s.execute(t.Context(), c.line)
		if want := untilInterrupted + "\n" + c.stdout; stdout.String() != want || stderr.String() != c.stderr || s.exit != 0 {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", c.line, s.exit, stdout, stderr)
		}
	}
}

func TestFollowWithoutConnection(t *testing.T) {
	s, stdout, stderr := newTest(&fake{answers: answers{"GET": syscall.ECONNREFUSED}}, nil)
	s.execute(t.Context(), "tail -f cat")
	want := "http://localhost:9001/logtail/cat/stdout Cannot connect, error: <class 'ConnectionRefusedError'> ([Errno 111] Connection refused)\n"
	if stdout.String() != untilInterrupted+"\n" || stderr.String() != want || s.exit != 0 {
		t.Errorf("exit %d, stdout %q, stderr %q", s.exit, stdout, stderr)
	}
}

func TestFollowEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fake{pages: map[string]page{"/mainlogtail": {open: true}}}
	s, stdout, _ := newTest(f, nil)
	cancel()
	if _, err := s.connect(); err != nil {
		t.Fatal(err)
	}
	if err := s.follow(ctx, "/mainlogtail"); err != nil || stdout.String() != untilInterrupted+"\n\n" || !s.answered {
		t.Errorf("%v, stdout %q, answered %v", err, stdout, s.answered)
	}
}

// TestForeground runs fg over input that is no terminal: each line is sent, and
// the end of input ends it.
func TestForeground(t *testing.T) {
	running, exited := processes()[0], processes()[5]
	for _, c := range []struct {
		name, stdin, end string
		answers          answers
		exit             int
		sent             []string
	}{
		{"end of input", "a\nb", "Exiting foreground\n", nil, 0, []string{"a", "b"}},
		{"no input", "", "Exiting foreground\n", nil, 0, nil},
		{"not running any more", "a\nb\n", "Process got killed\nExiting foreground\n",
			answers{"sendProcessStdin": api.NotRunning.Fault("cat")}, 0, []string{"a"}},
		{"closed its input", "a\nb\n", "ERROR: <Fault 20: 'NO_FILE: cat'>\nExiting foreground\n",
			answers{"sendProcessStdin": api.NoFile.Fault("cat")}, 0, []string{"a"}},
		{"ended by the line", "a\nb\n", "Process got killed\nExiting foreground\n",
			answers{"getProcessInfo": turns{running, exited}}, 0, []string{"a"}},
		{"supervisord gone", "a\nb\n", "error: <class 'BrokenPipeError'>, [Errno 32] Broken pipe: file: supervisorctl line: 0\n",
			answers{"sendProcessStdin": syscall.EPIPE}, 1, []string{"a"}},
		{"supervisord ends", "a\nb\n", "error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'SHUTDOWN_STATE'>: file: supervisorctl line: 0\n",
			answers{"getProcessInfo": turns{running, api.ShutdownState.Fault()}}, 1, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fake{answers: answers{"getProcessInfo": running, "sendProcessStdin": true}.with(c.answers)}
			s, stdout, _ := newTest(f, strings.NewReader(c.stdin))
			s.execute(t.Context(), "fg cat")
			if want := untilInterrupted + "\n" + c.end; stdout.String() != want || s.exit != c.exit {
				t.Errorf("exit %d, stdout %q; want %d, %q", s.exit, stdout, c.exit, want)
			}
			var sent []string
			for _, call := range f.calls {
				if line, ok := strings.CutPrefix(call, "sendProcessStdin cat "); ok {
					sent = append(sent, line)
				}
			}
			if !slices.Equal(sent, c.sent) {
				t.Errorf("sent %q, want %q", sent, c.sent)
			}
			if streams := f.streamsAsked(); !slices.Equal(streams, []string{"GET /logtail/cat/stderr", "GET /logtail/cat/stdout"}) {
				t.Errorf("streams %q", streams)
			}
		})
	}
}

func TestDecoder(t *testing.T) {
	for _, c := range []struct{ pieces, want string }{
		{"abc|def", "abcdef"},
		{"gr\xc3|\xb6\xc3|\x9fe", "größe"},
		{"\xf0|\x9f|\x98|\x80!", "😀!"},
		{"ok|\xff|ok", `okUndecodable: b'\xff'ok`},
		{"it's \xe9 \"x\"|", `Undecodable: b'it\'s \xe9 "x"'`},
		{"it's \xe9|!", `it's Undecodable: b'\xe9!'`},
		{"it's \xff", `Undecodable: b"it's \xff"`},
		{"cut\xc3", `cutUndecodable: b'\xc3'`},
		{"\x80\x80\x80\x80\x80", `Undecodable: b'\x80\x80\x80\x80\x80'`},
		{"||", ""},
	} {
		var b bytes.Buffer
		d := decoder{w: &b}
		for _, piece := range strings.Split(c.pieces, "|") {
			if n, err := io.WriteString(&d, piece); n != len(piece) || err != nil {
				t.Errorf("%q: %d, %v", piece, n, err)
			}
		}
		d.flush()
		if b.String() != c.want {
			t.Errorf("%q: %q, want %q", c.pieces, b.String(), c.want)
		}
	}
}

// FuzzDecoder cuts a valid text anywhere: it must come through unchanged.
func FuzzDecoder(f *testing.F) {
	f.Add("größe 😀 日本", uint8(3))
	f.Add("\x1b[1mplain\x00", uint8(1))
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		text = strings.ToValidUTF8(text, "")
		var b bytes.Buffer
		d := decoder{w: &b}
		for piece := range slices.Chunk([]byte(text), int(size)+1) {
			d.Write(piece)
		}
		d.flush()
		if b.String() != text {
			t.Errorf("got %q, want %q", b.String(), text)
		}
	})
}
