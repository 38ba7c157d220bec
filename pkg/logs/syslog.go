package logs

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"supervisord/pkg/config"
)

const (
	// syslogPriority is facility LOG_USER, severity LOG_INFO.
	syslogPriority = 1<<3 | 6
	// syslogQueue bounds the messages that wait for a syslog daemon that stalls.
	syslogQueue      = 1024
	syslogQueueBytes = 4 << 20
	// syslogPatience is how long one message waits for room in the socket.
	syslogPatience = time.Second
	// syslogShort is what is left of a message that is too long for the socket.
	syslogShort = 8 << 10
)

// syslogPaths is where the sockets of syslog daemons are.
func syslogPaths() []string { return []string{"/dev/log", "/var/run/syslog", "/var/run/log"} }

// Syslog sends messages to the syslog daemon of this machine, in the form of the
// C library's syslog(3): facility user, severity info, no process id. Messages
// that the daemon does not take are dropped and counted.
type Syslog struct {
	ident  string
	paths  []string
	now    func() time.Time
	report func(config.Level, string)
	q      queue

	failed  atomic.Int64 // messages that the socket did not take
	closing chan struct{}
	once    sync.Once

	mu   sync.Mutex // conn may be closed while it is written to
	conn net.Conn

	// Of the goroutine of the queue:
	stream  bool // conn is a stream, in which messages end with a zero
	retryAt time.Time
	toldAt  time.Time
}

// NewSyslog makes a client whose messages begin with "ident: ". It connects with
// the first message. report gets at most one message a minute about those that
// were dropped; it must not block and may be nil. Close it.
func NewSyslog(ident string, report func(config.Level, string)) *Syslog {
	return newSyslog(ident, report, syslogPaths())
}

func newSyslog(ident string, report func(config.Level, string), paths []string) *Syslog {
	s := &Syslog{ident: ident, paths: paths, now: time.Now, report: report, closing: make(chan struct{})}
	s.q = queue{deliver: s.deliver, missing: s.missing, maxItems: syslogQueue, maxBytes: syslogQueueBytes}
	return s
}

// Send sends one message, which is one line. It never blocks.
func (s *Syslog) Send(text string) {
	select {
	case <-s.closing:
	default:
		s.q.add(s.message(text), false)
	}
}

// Dropped is how many messages were dropped since the beginning.
func (s *Syslog) Dropped() int64 { return s.failed.Load() + s.q.lost() }

// Close sends what waits, for a second at most, and closes the connection.
func (s *Syslog) Close() {
	s.q.sync(syslogPatience)
	s.once.Do(func() { close(s.closing) })
	s.disconnect()
}

func (s *Syslog) message(text string) []byte {
	b := append([]byte{'<'}, strconv.Itoa(syslogPriority)...)
	b = append(b, '>')
	b = s.now().Local().AppendFormat(b, time.Stamp)
	b = append(b, ' ')
	b = append(b, s.ident...)
	b = append(b, ": "...)
	return append(b, text...)
}

func (s *Syslog) missing(n int) []byte {
	return s.message(fmt.Sprintf("%d messages dropped", n))
}

func (s *Syslog) deliver(batch [][]byte) {
	for i, message := range batch {
		err := s.send(message)
		if err == nil {
			continue
		}
		n := 1
		if err == errNotYet || errors.Is(err, errClosed) {
			n = len(batch) - i // without a daemon, or at the end, the others fare no better
		}
		s.failed.Add(int64(n))
		s.tell(err)
		if n > 1 {
			return
		}
	}
}

// errNotYet says that the daemon was not there a moment ago.
var errNotYet = errors.New("no syslog daemon is listening")

// send writes one message, connecting again if the daemon has been restarted.
func (s *Syslog) send(message []byte) error {
	fresh, err := s.connect()
	if err != nil {
		return err
	}
	err = s.write(message)
	if errors.Is(err, syscall.EMSGSIZE) && len(message) > syslogShort {
		err = s.write(message[:syslogShort])
	}
	if err == nil || isTimeout(err) {
		return err
	}
	s.disconnect()
	if fresh {
		return err
	}
	if _, err := s.connect(); err != nil {
		return err
	}
	return s.write(message)
}

func (s *Syslog) write(message []byte) error {
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	if conn == nil {
		return errClosed
	}
	if s.stream {
		message = append(message, 0)
	}
	conn.SetWriteDeadline(time.Now().Add(syslogPatience))
	_, err := conn.Write(message)
	if err != nil && s.stream {
		s.disconnect() // part of a message may be in the stream
	}
	return err
}

// connect connects if there is no connection; fresh says that it is new.
func (s *Syslog) connect() (fresh bool, err error) {
	select {
	case <-s.closing:
		return false, errClosed
	default:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		return false, nil
	}
	now := time.Now()
	if now.Before(s.retryAt) {
		return false, errNotYet
	}
	for _, path := range s.paths {
		for _, network := range []string{"unixgram", "unix"} {
			conn, dialErr := net.DialTimeout(network, path, syslogPatience)
			if dialErr == nil {
				s.conn, s.stream = conn, network == "unix"
				return true, nil
			}
			if err == nil || !errors.Is(dialErr, syscall.ENOENT) && !errors.Is(dialErr, syscall.EPROTOTYPE) {
				err = dialErr
			}
		}
	}
	s.retryAt = now.Add(retryEvery)
	return false, err
}

func (s *Syslog) disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

func (s *Syslog) tell(err error) {
	now := time.Now()
	if s.report == nil || errors.Is(err, errClosed) || !s.toldAt.IsZero() && now.Sub(s.toldAt) < tellEvery {
		return
	}
	s.toldAt = now
	s.report(config.Warn, fmt.Sprintf("cannot send to syslog: %s (%d messages dropped so far)",
		strings.TrimPrefix(err.Error(), "dial "), s.Dropped()))
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
