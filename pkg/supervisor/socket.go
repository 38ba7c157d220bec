package supervisor

import (
	"fmt"
	"sync"

	"supervisord/pkg/config"
	"supervisord/pkg/spawn"
)

// sockets are the listening sockets of fcgi-programs. A socket is made for the
// first process of its section that starts, and closed when the last has ended.
// Its methods may block, and are not called in the loop.
type sockets struct {
	log func(text string)

	mu   sync.Mutex
	open map[string]*socket // by keyOf
}

func newSockets(log func(text string)) *sockets {
	return &sockets{log: log, open: map[string]*socket{}}
}

// socket is one of them.
type socket struct {
	key    string
	config *config.Socket
	users  int // processes that have it or wait for it; guarded by sockets.mu

	mu       sync.Mutex      // held while it is made or closed, which may take its time
	listener *spawn.Listener // nil: closed
}

// keyOf tells the sockets apart. Not by their addresses in memory: a group that
// was read again shares the socket with one that was not, if nothing about it
// has changed.
func keyOf(p *config.Program) string {
	s := p.Socket
	key := fmt.Sprintf("%s %s backlog %d", p.Section, s.URL, s.Backlog)
	if s.Owner != nil {
		key += fmt.Sprintf(" owner %d:%d", s.Owner.UID, s.Owner.GID)
	}
	if s.Mode != nil {
		key += fmt.Sprintf(" mode %o", uint32(*s.Mode))
	}
	return key
}

// lease is the share of one process in a socket.
type lease struct {
	from   *sockets
	socket *socket
	once   sync.Once
}

// take gives a process its share in the socket of its section, which is made if
// it is not open. A program without a socket gets nil.
func (all *sockets) take(p *config.Program) (*lease, error) {
	if p.Socket == nil {
		return nil, nil
	}
	s := all.enter(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		all.log("Creating socket " + s.config.URL)
		listener, err := spawn.Listen(s.config)
		if err != nil {
			all.leave(s)
			return nil, err
		}
		s.listener = listener
	}
	return &lease{from: all, socket: s}, nil
}

// enter finds the socket of a program and counts one user more.
func (all *sockets) enter(p *config.Program) *socket {
	all.mu.Lock()
	defer all.mu.Unlock()
	key := keyOf(p)
	s := all.open[key]
	if s == nil {
		s = &socket{key: key, config: p.Socket}
		all.open[key] = s
	}
	s.users++
	return s
}

// leave counts one user less, and closes the socket after the last. The lock of
// the socket is held: who enters meanwhile waits, and makes it anew.
func (all *sockets) leave(s *socket) {
	all.mu.Lock()
	s.users--
	last := s.users == 0
	all.mu.Unlock()
	if last && s.listener != nil {
		all.log("Closing socket " + s.config.URL)
		s.listener.Close()
		s.listener = nil
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if s.users == 0 {
		delete(all.open, s.key)
	}
}

// descriptor gives a descriptor of the socket, which belongs to the caller.
func (l *lease) descriptor() (int, error) {
	l.socket.mu.Lock()
	defer l.socket.mu.Unlock()
	return l.socket.listener.Dup()
}

// release gives the share back, once. That of a program without a socket is nil.
func (l *lease) release() {
	if l == nil {
		return
	}
	l.once.Do(func() {
		l.socket.mu.Lock()
		defer l.socket.mu.Unlock()
		l.from.leave(l.socket)
	})
}
