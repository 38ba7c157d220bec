package logs

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"supervisord/pkg/config"
)

const (
	retryEvery = 100 * time.Millisecond // a file in trouble is tried again
	tellEvery  = time.Minute            // the operator is told about it
)

// trouble is why a file cannot be written and what that has cost so far.
type trouble struct {
	err   error     // nil: all is well
	retry time.Time // not to be tried again before
	told  time.Time // when the operator last heard of any trouble
	known bool      // the operator has heard of this one
	lost  int64     // bytes dropped of which the file does not say so yet
	cause error     // of lost
}

// fail notes an error in opening or writing. The caller holds the lock.
func (f *File) fail(err error) {
	t := &f.trouble
	now := time.Now()
	t.err, t.cause = bare(err), bare(err)
	t.retry = now.Add(retryEvery)
	if t.told.IsZero() || now.Sub(t.told) >= tellEvery {
		t.told, t.known = now, true
		text := fmt.Sprintf("cannot write '%s': %v; output is dropped until it can be written", f.path, t.err)
		if t.lost > 0 {
			text += fmt.Sprintf(" (%d bytes so far)", t.lost)
		}
		f.tell(config.Error, text)
	}
}

// lose counts bytes that are not written and remembers whether they end inside
// a line.
func (f *File) lose(b []byte, s *source) {
	if len(b) == 0 {
		return
	}
	n := int64(len(b))
	f.trouble.lost += n
	f.dropped.Add(n)
	s.dropped.Add(n)
	s.torn = b[len(b)-1] != '\n'
}

// down says that a file in trouble is not to be tried again yet.
func (f *File) down() bool {
	return f.trouble.err != nil && time.Now().Before(f.trouble.retry)
}

// up tries to end the trouble: it opens the file again, unless the file itself
// is all right and the disk is full, and writes into it how much is missing.
// That line is the test.
func (f *File) up() bool {
	t := &f.trouble
	if t.err == nil && t.lost == 0 {
		return true
	}
	if t.err != nil && (f.fd < 0 || !fullDisk(t.err)) {
		if err := f.open(true); err != nil {
			f.fail(err)
			return false
		}
	}
	if err := f.settle(); err != nil {
		f.fail(err)
		return false
	}
	lost := t.lost
	if err := f.sayLost(); err != nil {
		f.fail(err)
		return false
	}
	if t.err != nil {
		t.err = nil
		if t.known {
			f.tell(config.Info, fmt.Sprintf("'%s' can be written again; %d bytes of output were lost", f.path, lost))
		}
		t.known = false
	}
	return true
}

// confess makes a last attempt to say in the file what is missing from it.
func (f *File) confess() {
	if f.trouble.lost > 0 && f.kind == kindRegular {
		f.up()
	}
}

// sayLost writes a line about the bytes that are missing here, whole or not at all.
func (f *File) sayLost() error {
	t := &f.trouble
	if t.lost == 0 || f.kind == kindNull {
		t.lost = 0
		return nil
	}
	line := fmt.Appendf(nil, "supervisord: %d bytes of output were lost: %v\n", t.lost, t.cause)
	if f.insideLine() {
		line = append([]byte{'\n'}, line...)
	}
	if f.kind != kindRegular {
		ready, err := writable(f.fd, 0)
		if err != nil || !ready {
			return err // a sink that is merely full gets the line another time
		}
	}
	before := f.off
	n, err := f.put(line)
	if err == nil && n < len(line) {
		_, err = f.put(line[n:])
	}
	if err != nil {
		if f.ours() && n > 0 && unix.Ftruncate(f.fd, before) == nil {
			f.off = before
		}
		return err
	}
	t.lost = 0
	return nil
}

// insideLine says that the last byte of the file is known and ends no line.
func (f *File) insideLine() bool {
	if !f.ours() || f.off == 0 {
		return false
	}
	var last [1]byte
	n, err := unix.Pread(f.fd, last[:], f.off-1)
	return n == 1 && err == nil && last[0] != '\n'
}

// fullDisk says that the file is all right but there is no room for more.
func fullDisk(err error) bool {
	return err == unix.ENOSPC || err == unix.EDQUOT || err == unix.EFBIG
}

func (f *File) tell(level config.Level, text string) {
	if f.report != nil {
		f.report(level, text)
	}
}
