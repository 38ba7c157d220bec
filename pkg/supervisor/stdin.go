package supervisor

import (
	"fmt"
	"os"
	"sync"
	"syscall"
)

// maxPending bounds what is kept for a process that does not read its input.
// (Supervisor keeps any amount.)
const maxPending = 8 << 20

// stdin is the way to the standard input of a process; nil if that is no pipe.
// What the pipe does not take at once is kept and written by a goroutine that
// lives only as long.
type stdin struct {
	mu      sync.Mutex
	fd      int      // our end, non-blocking
	file    *os.File // fd for the goroutine, made when it is first needed
	pending []byte
	closed  bool
}

func newStdin(fd int) *stdin { return &stdin{fd: fd} }

func (s *stdin) write(text string) error {
	if s == nil {
		return ErrStdinClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrStdinClosed
	}
	data := []byte(text)
	if s.pending == nil {
		n, err := syscall.Write(s.fd, data)
		switch err {
		case nil:
			data = data[n:]
		case syscall.EAGAIN, syscall.EINTR:
		case syscall.EPIPE:
			return ErrStdinClosed
		default:
			return fmt.Errorf("cannot write to the standard input: %v", err)
		}
		if len(data) == 0 {
			return nil
		}
	}
	if len(s.pending)+len(data) > maxPending {
		return fmt.Errorf("the process does not read its standard input and %d bytes are waiting already", len(s.pending))
	}
	begin := s.pending == nil
	s.pending = append(s.pending, data...)
	if begin {
		if s.file == nil {
			s.file = os.NewFile(uintptr(s.fd), "stdin of a program")
		}
		go s.flush()
	}
	return nil
}

// flush writes what is pending. It ends when nothing is left or the pipe is
// closed.
func (s *stdin) flush() {
	for {
		s.mu.Lock()
		data := s.pending
		if len(data) == 0 || s.closed {
			s.pending = nil
			s.mu.Unlock()
			return
		}
		s.pending = []byte{} // not nil: the order must be kept
		file := s.file
		s.mu.Unlock()
		if _, err := file.Write(data); err != nil {
			s.close()
		}
	}
}

func (s *stdin) close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed, s.pending = true, nil
	if s.file != nil {
		s.file.Close()
	} else {
		syscall.Close(s.fd)
	}
}
