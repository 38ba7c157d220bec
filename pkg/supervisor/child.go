package supervisor

import (
	"os"
	"strconv"
	"sync/atomic"
	"syscall"

	"supervisord/pkg/config"
	"supervisord/pkg/logs"
	"supervisord/pkg/python"
	"supervisord/pkg/spawn"
)

// child is a process with the pumps of its output and its input.
type child struct {
	pid      int
	started  chan struct{} // closed when the loop knows of it, or it has failed to start
	channels []*channel
	in       *stdin // nil: its standard input is the socket
	socket   *lease
}

// channel is one output of a child: the pump that empties the pipe and the file
// that it fills.
type channel struct {
	pump *logs.Pump
	file *logs.File // nil: kept in no file
}

// ends are the child's ends of its pipes; -1: not open.
type ends struct{ stdin, stdout, stderr int }

func (e *ends) close() {
	if e == nil {
		return
	}
	if e.stderr == e.stdout {
		e.stderr = -1
	}
	for _, fd := range []*int{&e.stdin, &e.stdout, &e.stderr} {
		if *fd >= 0 {
			syscall.Close(*fd)
			*fd = -1
		}
	}
}

// connect opens the logs of a process that is about to start and makes its
// pipes. The ends are to be closed after the start, also after an error. The
// socket, if it is to have one, takes the place of the pipe to its input.
func (h *OS) connect(o Order, socket *lease) (c *child, e *ends, err error) {
	c, e = &child{started: make(chan struct{}), socket: socket}, &ends{-1, -1, -1}
	p := o.Program
	if e.stdin, err = c.input(); err != nil {
		return c, e, err
	}
	if e.stdout, err = h.open(c, o, p.Stdout, "stdout", o.Logs.Stdout); err != nil {
		return c, e, err
	}
	if p.RedirectStderr {
		e.stderr = e.stdout
		return c, e, nil
	}
	e.stderr, err = h.open(c, o, p.Stderr, "stderr", o.Logs.Stderr)
	return c, e, err
}

// input makes the standard input of c and returns the child's end.
func (c *child) input() (theirs int, err error) {
	if c.socket != nil {
		return c.socket.descriptor()
	}
	ours, theirs, err := spawn.InputPipe()
	if err == nil {
		c.in = newStdin(ours)
	}
	return theirs, err
}

// open makes one output of c and returns the child's end of the pipe. Output that
// nobody wants goes to /dev/null, without a pipe: it costs nobody anything.
func (h *OS) open(c *child, o Order, conf config.Channel, name, path string) (theirs int, err error) {
	ch := &channel{}
	if path != "" {
		if ch.file, err = h.files.Open(path, conf.LogfileMaxBytes, conf.LogfileBackups); err != nil {
			return -1, err
		}
	}
	opts := logs.Options{File: ch.file, StripANSI: o.StripANSI, Closed: ch.release}
	h.listenTo(&opts, c, o, conf, name)
	if !opts.Wanted() {
		return syscall.Open(os.DevNull, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	}
	read, theirs, err := spawn.OutputPipe()
	if err != nil {
		ch.release()
		return -1, err
	}
	if ch.pump, err = h.poller.Add(read, opts); err != nil {
		ch.release()
		syscall.Close(read)
		syscall.Close(theirs)
		return -1, err
	}
	c.channels = append(c.channels, ch)
	return theirs, nil
}

// listenTo sets who gets the output besides the file. Nobody is told of output
// before the loop knows the process that it comes from.
func (h *OS) listenTo(opts *logs.Options, c *child, o Order, conf config.Channel, name string) {
	stderr := name == "stderr"
	debug := func(text string) {
		h.log.Log(config.Debug, "'%s' %s output:\n%s", o.Program.Name, name, text)
	}
	if o.Taps.Protocol != nil && !stderr {
		opts.Protocol = func(data []byte) {
			debug(python.QuoteBytes(data))
			<-c.started
			o.Taps.Protocol(data)
		}
		return // to a listener's own words no other option applies
	}
	if conf.Syslog {
		prefix := o.Program.Name + " "
		opts.Syslog = func(line []byte) { h.syslog.Send(prefix + string(line)) }
	}
	opts.CaptureMaxBytes = conf.CaptureMaxBytes
	opts.Captured = func(section []byte) {
		<-c.started
		o.Taps.Captured(stderr, c.pid, section)
	}
	if conf.EventsEnabled || h.log.Enabled(config.Debug) {
		opts.Data = func(data []byte) {
			if h.log.Enabled(config.Debug) {
				debug(python.Decode(data))
			}
			if conf.EventsEnabled {
				<-c.started
				o.Taps.Log(stderr, c.pid, data)
			}
		}
	}
}

// release gives the file back, once nothing is written to it any more.
func (ch *channel) release() {
	if ch.file != nil {
		ch.file.Close()
	}
}

// abandon gives everything back after a start that failed.
func (c *child) abandon() {
	if c == nil {
		return
	}
	close(c.started)
	c.in.close()
	for _, ch := range c.channels {
		ch.pump.Close()
	}
}

func (c *child) Pid() int { return c.pid }

// Program is known where there is a /proc.
func (c *child) Program() string {
	file, _ := os.Readlink("/proc/" + strconv.Itoa(c.pid) + "/exe")
	return file
}

// Drain reads what the process has left in its pipes. What surviving
// grandchildren write later is still kept, until they are gone too. Its share in
// a socket is given back before done is called: who is told of the end of the
// last process finds the socket closed.
func (c *child) Drain(done func()) {
	c.in.close()
	if c.socket != nil {
		drained := done
		done = func() {
			go func() { // the disk of a unix socket may be slow
				c.socket.release()
				drained()
			}()
		}
	}
	if len(c.channels) == 0 {
		go done()
		return
	}
	var left atomic.Int32
	left.Store(int32(len(c.channels)))
	for _, ch := range c.channels {
		ch.pump.Drain(func() {
			if left.Add(-1) == 0 {
				done()
			}
		})
	}
}

func (c *child) Write(text string) error { return c.in.write(text) }

func (c *child) Reopen() {
	for _, ch := range c.channels {
		if ch.file != nil {
			ch.file.Reopen()
		}
	}
}

func (c *child) Clear() error {
	var first error
	for _, ch := range c.channels {
		ch.pump.ClearCapture()
		if ch.file == nil {
			continue
		}
		if err := ch.file.Clear(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
