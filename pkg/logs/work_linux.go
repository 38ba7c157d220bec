//go:build !portable

package logs

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// lookSize is how many bytes are looked at in one turn.
const lookSize = 64 << 10

// stock is where the work of a poller comes from and goes to: buffers, and pipes
// to duplicate into, of which a few are kept.
type stock struct {
	bufs  sync.Pool
	pipes chan [2]int
	null  int // /dev/null, where bytes are spliced to be dropped
}

// sparePipes is how many pairs of descriptors the stock keeps.
const sparePipes = 4

// newStock makes a stock with one pipe in it, so that something can be looked at
// even when there are no descriptors left.
func newStock() (*stock, error) {
	null, err := unix.Open("/dev/null", unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	s := &stock{null: null, pipes: make(chan [2]int, sparePipes)}
	pipe, err := newPipe()
	if err != nil {
		unix.Close(null)
		return nil, err
	}
	s.pipes <- pipe
	return s, nil
}

func newPipe() (p [2]int, err error) {
	err = unix.Pipe2(p[:], unix.O_CLOEXEC|unix.O_NONBLOCK)
	return p, err
}

func (s *stock) close() {
	unix.Close(s.null)
	for {
		select {
		case p := <-s.pipes:
			unix.Close(p[0])
			unix.Close(p[1])
		default:
			return
		}
	}
}

// work is what a pump needs while it has something to carry, and only then.
type work struct {
	stock *stock
	quit  <-chan struct{}
	buf   []byte
	pipe  [2]int // to duplicate into
	piped bool   // pipe is there
}

// free gives everything back.
func (w *work) free() {
	if w.buf != nil {
		w.stock.bufs.Put(&w.buf)
	}
	if !w.piped {
		return
	}
	// What could not be read back must not turn up in somebody else's output.
	if available(w.pipe[0]) == 0 {
		select {
		case w.stock.pipes <- w.pipe:
			return
		default:
		}
	}
	unix.Close(w.pipe[0])
	unix.Close(w.pipe[1])
}

// borrow gets the buffer and the pipe. Without descriptors it waits for another
// pump to give its pipe back: the output stays where it is meanwhile.
func (w *work) borrow() error {
	if w.buf == nil {
		if b, ok := w.stock.bufs.Get().(*[]byte); ok {
			w.buf = *b
		} else {
			w.buf = make([]byte, lookSize)
		}
	}
	for !w.piped {
		select {
		case w.pipe = <-w.stock.pipes:
			w.piped = true
			return nil
		default:
		}
		pipe, err := newPipe()
		if err == nil {
			w.pipe, w.piped = pipe, true
			return nil
		}
		select {
		case w.pipe = <-w.stock.pipes:
			w.piped = true
		case <-w.quit:
			return errClosed
		case <-time.After(retryEvery):
		}
	}
	return nil
}

// peek returns what is next in the pipe src, at most limit bytes, and leaves it
// there. The slice is valid until the next peek.
func (w *work) peek(src, limit int) ([]byte, error) {
	if err := w.borrow(); err != nil {
		return nil, err
	}
	for {
		n, err := unix.Tee(src, w.pipe[1], min(limit, len(w.buf)), unix.SPLICE_F_NONBLOCK)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return nil, err
		case n == 0:
			return nil, errEnd
		}
		return w.readBack(int(n))
	}
}

// readBack reads the n bytes that were duplicated.
func (w *work) readBack(n int) ([]byte, error) {
	for got := 0; got < n; {
		m, err := unix.Read(w.pipe[0], w.buf[got:n])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		got += m
	}
	return w.buf[:n], nil
}

// discard takes up to limit bytes out of the pipe src, unseen. A pipe that is
// empty for now is unix.EAGAIN, one at its end errEnd.
func (w *work) discard(src, limit int) (int, error) {
	for {
		n, err := unix.Splice(src, nil, w.stock.null, nil, limit, unix.SPLICE_F_NONBLOCK)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return 0, err
		case n == 0:
			return 0, errEnd
		}
		return int(n), nil
	}
}

// consume takes n bytes that were seen out of the pipe src.
func (w *work) consume(src, n int) {
	for n > 0 {
		m, err := w.discard(src, n)
		if err != nil {
			return // somebody else reads this pipe: our successor, if anybody
		}
		n -= m
	}
}
