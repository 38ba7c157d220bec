package logs

import (
	"bytes"
	"math/rand/v2"
	"os/exec"
	"testing"
)

var ansiCases = []struct{ in, want string }{
	{"", ""},
	{"plain\n", "plain\n"},
	{"\x1b[0m", ""},
	{"\x1b[1;31mred\x1b[0m\n", "red\n"},
	{"a\x1b[2Jb\x1b[10;20Hc\x1b[Kd", "abcd"},
	{"\x1b[H\x1b[f\x1b[A\x1b[B\x1b[C\x1b[D\x1b[R\x1b[s\x1b[u\x1b[J\x1b[K\x1b[h\x1b[l\x1b[p\x1b[m!", "!"},
	{"\x1b]0;title\x07text", "\x1b]0;title\x07text"}, // not ESC [
	{"\x1b", "\x1b"},
	{"\x1b\x1b[0m", "\x1b"},
	{"\x1bc", "\x1bc"},
	{"\x1b[2Xhello", "ello"}, // X is not in the list: up to the next letter that is
	{"\x1b[\x1b[mx", "x"},
	{"end\x1b[", "end"},
	{"\xff\xfe\x1b[0m\x00", "\xff\xfe\x00"},
}

func strip(chunks ...[]byte) []byte {
	var s stripper
	out := []byte{}
	for _, c := range chunks {
		out = s.strip(out, c)
	}
	return s.flush(out)
}

func TestStrip(t *testing.T) {
	for _, c := range ansiCases {
		if got := strip([]byte(c.in)); string(got) != c.want {
			t.Errorf("strip(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// In one chunk the result is Supervisor's, to the byte.
func TestStripAsInSupervisor(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import supervisor.dispatchers").Run(); err != nil {
		t.Skip("Supervisor is not installed here to compare with:", err)
	}
	var inputs [][]byte
	for _, c := range ansiCases {
		inputs = append(inputs, []byte(c.in))
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		b := make([]byte, random.IntN(20))
		for i := range b {
			const letters = "\x1b\x1b\x1b[[[0;mHXab\n"
			b[i] = letters[random.IntN(len(letters))]
		}
		inputs = append(inputs, b)
	}
	run := exec.Command(python, "-c", `
import sys
from supervisor.dispatchers import stripEscapes
for chunk in sys.stdin.buffer.read().split(b"\0")[:-1]:
    sys.stdout.buffer.write(stripEscapes(chunk) + b"\0")
`)
	var in bytes.Buffer
	for i, b := range inputs {
		inputs[i] = bytes.ReplaceAll(b, []byte{0}, nil)
		in.Write(append(inputs[i : i+1 : i+1][0], 0))
	}
	run.Stdin = &in
	out, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	results := bytes.Split(out, []byte{0})
	for i, b := range inputs {
		if got := strip(b); !bytes.Equal(got, results[i]) {
			t.Errorf("strip(%q) = %q, Supervisor says %q", b, got, results[i])
		}
	}
}

// The result does not depend on where the chunks are cut.
func FuzzStrip(f *testing.F) {
	for i, c := range ansiCases {
		f.Add([]byte(c.in), uint64(i))
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		whole := strip(data)
		chunks := split(data, seed)
		if got := strip(chunks...); !bytes.Equal(got, whole) {
			t.Errorf("strip(%q) = %q, in one piece %q", chunks, got, whole)
		}
	})
}

// split cuts data at random places.
func split(data []byte, seed uint64) (chunks [][]byte) {
	random := rand.New(rand.NewPCG(seed, 0))
	for len(data) > 0 {
		n := 1 + random.IntN(min(len(data), 30))
		chunks = append(chunks, data[:n])
		data = data[n:]
	}
	return chunks
}
