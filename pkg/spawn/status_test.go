package spawn

import (
	"syscall"
	"testing"
)

// Every kind of wait status, in the words of process section 10.
func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		status syscall.WaitStatus
		code   int
		text   string
	}{
		{0, 0, "exit status 0"},
		{1 << 8, 1, "exit status 1"},
		{255 << 8, 255, "exit status 255"},
		{9, -1, "terminated by SIGKILL"},
		{15, -1, "terminated by SIGTERM"},
		{11 | 0x80, -1, "terminated by SIGSEGV (core dumped)"},
		{33, -1, "terminated by signal 33"},
		{0x137f, -1, "unknown termination cause 0x137f"},
	} {
		if code, text := Describe(c.status); code != c.code || text != c.text {
			t.Errorf("%#x: %d, %q; want %d, %q", c.status, code, text, c.code, c.text)
		}
	}
}

func TestDescribeAsSupervisor(t *testing.T) {
	var statuses []int
	for code := range 256 {
		statuses = append(statuses, code<<8)
	}
	for sig := 1; sig <= 64; sig++ {
		statuses = append(statuses, sig, sig|0x80)
	}
	statuses = append(statuses, 0x137f, 0xffff)
	type answer struct {
		Code int
		Text string
	}
	for i, want := range oracle[answer](t, "describe", statuses) {
		code, text := Describe(syscall.WaitStatus(statuses[i]))
		if code != want.Code || text != want.Text {
			t.Errorf("%#x: %d, %q; Supervisor says %d, %q", statuses[i], code, text, want.Code, want.Text)
		}
	}
}
