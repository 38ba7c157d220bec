//go:build !portable

package logs

import (
	"golang.org/x/sys/unix"
)

// pull moves up to limit bytes from the pipe src to the file, without copying
// them if it can, and rotates the file if that makes it full. n bytes were taken
// out of the pipe, which can be none; a pipe that is empty for now is
// unix.EAGAIN, one at its end errEnd, and errClosed says that s is no longer
// wanted.
func (f *File) pull(src, limit int, s *source, w *work) (n int, err error) {
	if !f.acquire(s.quit) {
		return 0, errClosed
	}
	defer f.release()
	n, err = f.pullLocked(src, limit, s, w)
	if err == errStepAside {
		err = nil
	}
	return n, err
}

func (f *File) pullLocked(src, limit int, s *source, w *work) (int, error) {
	switch {
	case f.closed || f.kind == kindNull:
		return w.discard(src, limit)
	case f.trouble.err != nil || f.trouble.lost > 0 || s.torn || f.copies:
		return f.pullCopy(src, limit, s, w)
	}
	if err := f.settle(); err != nil {
		f.fail(err)
		return 0, nil // the next turn drops what is there
	}
	if f.copies {
		return f.pullCopy(src, limit, s, w)
	}
	switch room := f.room(); {
	case room == 0:
		return f.pullLine(src, limit, s, w)
	case room > 0:
		limit = int(min(int64(limit), room))
	}
	return f.splice(src, limit, s)
}

// pullCopy looks at the bytes, writes them, and only then takes them out of the
// pipe.
func (f *File) pullCopy(src, limit int, s *source, w *work) (int, error) {
	b, err := w.peek(src, limit)
	if err != nil {
		return 0, err
	}
	n, err := f.writeSome(b, s)
	w.consume(src, n)
	return n, err
}

// pullLine moves what belongs into a file that is about to be full, which is up
// to the end of a line, and rotates it.
func (f *File) pullLine(src, limit int, s *source, w *work) (int, error) {
	b, err := w.peek(src, limit)
	if err != nil {
		return 0, err
	}
	want, full := f.cut(b, 0)
	n, err := f.splice(src, want, s)
	if err == nil && n == want && full {
		f.rotate()
	}
	return n, err
}

// splice moves up to n bytes without looking at them.
func (f *File) splice(src, n int, s *source) (int, error) {
	for {
		off := f.off
		to := &off
		if !f.ours() {
			to = nil
		}
		m, err := unix.Splice(src, nil, f.fd, to, n, unix.SPLICE_F_NONBLOCK|unix.SPLICE_F_MOVE)
		switch err {
		case nil:
			if m == 0 {
				return 0, errEnd
			}
			f.off += m
			return int(m), nil
		case unix.EINTR:
		case unix.EAGAIN:
			if f.kind == kindRegular || available(src) == 0 {
				return 0, err
			}
			// The pipe has something and the sink, which is one too, has no room.
			if err := f.await(s.quit); err != nil {
				return 0, err
			}
		case unix.EINVAL, unix.ENOSYS, unix.EOPNOTSUPP, unix.EBADF:
			// Refused: opened with O_APPEND by whoever left it to us, or a file
			// system that cannot.
			f.copies = true
			return 0, nil
		default:
			if f.freed(err) {
				continue
			}
			f.fail(err)
			return 0, nil // the next turn drops what is there
		}
	}
}

// available is how many bytes wait in a pipe.
func available(fd int) int {
	n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
	if err != nil {
		return 0
	}
	return n
}
