package logs

import (
	"bytes"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// pipeAtOnce is how much a pipe or socket that is ready for writing takes
// without blocking (PIPE_BUF on Linux).
const pipeAtOnce = 4096

// source is one writer of a File, as the file knows it.
type source struct {
	quit    chan struct{} // closed when the writer is no longer wanted; may be nil
	torn    bool          // what was last dropped ended inside a line: its rest is dropped too
	dropped atomic.Int64
}

// write appends b, rotating the file where it gets full. What cannot be written
// is dropped and counted. The error is errClosed or nil.
func (f *File) write(b []byte, s *source) error {
	for len(b) > 0 {
		if !f.acquire(s.quit) {
			return errClosed
		}
		n, err := f.writeSome(b, s)
		f.release()
		b = b[n:]
		if err != nil && err != errStepAside {
			return err
		}
	}
	return nil
}

// writeSome is one step of write: n bytes of b are dealt with. The caller holds
// the lock.
func (f *File) writeSome(b []byte, s *source) (n int, err error) {
	if f.closed {
		return len(b), nil
	}
	if f.down() {
		f.lose(b, s)
		return len(b), nil
	}
	if s.torn {
		return f.skipLine(b, s), nil
	}
	if !f.up() {
		f.lose(b, s)
		return len(b), nil
	}
	if err := f.settle(); err != nil {
		f.fail(err)
		f.lose(b, s)
		return len(b), nil
	}
	if f.kind == kindNull {
		return len(b), nil
	}
	full := false
	if room := f.room(); room >= 0 {
		n, full = f.cut(b, room)
		b = b[:n]
	}
	n, err = f.putAll(b, s)
	switch {
	case err == errClosed || err == errStepAside:
		return n, err
	case err != nil:
		f.fail(err)
		f.lose(b[n:], s)
	case full:
		f.rotate()
	}
	return len(b), nil
}

// skipLine drops the rest of a line of which the beginning was dropped.
func (f *File) skipLine(b []byte, s *source) int {
	n := bytes.IndexByte(b, '\n') + 1
	if n == 0 {
		n = len(b)
	}
	f.lose(b[:n], s)
	return n
}

// putAll writes all of b to a file that may be full for a while.
func (f *File) putAll(b []byte, s *source) (n int, err error) {
	for n < len(b) {
		piece := b[n:]
		if f.kind != kindRegular {
			if err := f.await(s.quit); err != nil {
				return n, err
			}
			piece = piece[:min(len(piece), pipeAtOnce)]
		}
		m, err := f.put(piece)
		n += m
		if err != nil && err != unix.EAGAIN && !f.freed(err) {
			return n, err
		}
	}
	return n, nil
}

// put writes once.
func (f *File) put(b []byte) (n int, err error) {
	for {
		if f.ours() && !f.shared {
			n, err = unix.Pwrite(f.fd, b, f.off)
		} else {
			n, err = unix.Write(f.fd, b)
		}
		if err == unix.EINTR {
			continue
		}
		n = max(n, 0)
		f.off += int64(n)
		return n, err
	}
}

// await waits until a sink that may be full can be written. It gives up when
// quit is closed and when somebody needs the file for something else.
func (f *File) await(quit <-chan struct{}) error {
	ready, err := writable(f.fd, 0)
	for !ready && err == nil {
		if f.wanted.Load() > 0 {
			return errStepAside
		}
		select {
		case <-quit:
			return errClosed
		default:
		}
		ready, err = writable(f.fd, stallTick)
	}
	return err
}

// writable says whether fd can be written without blocking, or has an error
// which a write would return, after waiting for that as long as patience.
func writable(fd int, patience time.Duration) (bool, error) {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	n, err := unix.Poll(fds, int(patience/time.Millisecond))
	if err == unix.EINTR {
		return false, nil
	}
	return n > 0, err
}
