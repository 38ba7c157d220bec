package httpd

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"

	"supervisord/pkg/config"
)

// Listeners are the open sockets of all servers, in the order of the
// configuration: all TCP servers, then all unix servers. They queue
// connections from the moment Listen returns; Server answers them.
//
// Whoever holds Listeners closes them: a Server made from them does it in
// Close, otherwise call Close.
type Listeners struct {
	list []*listener
}

// listener is the open socket of one server.
type listener struct {
	net.Listener
	conf config.Server
	file *socketFile // nil for TCP
}

// Listen opens the sockets of all servers, TCP first. On an error everything
// that was opened is closed again and the error is a *ListenError, whose text
// is what the daemon prints after "Error: ".
//
// A stale unix socket is replaced and named on warn, as Supervisor does.
func Listen(servers []config.Server, warn io.Writer) (*Listeners, error) {
	ls := &Listeners{}
	for _, network := range []string{"tcp", "unix"} {
		for _, conf := range servers {
			if conf.Network != network {
				continue
			}
			l, err := listen(conf, warn)
			if err != nil {
				ls.Close()
				return nil, err
			}
			ls.list = append(ls.list, l)
		}
	}
	return ls, nil
}

// Addrs returns the addresses in the order in which the servers were opened.
// That of a unix server is the path of its configuration.
func (ls *Listeners) Addrs() []net.Addr {
	addrs := make([]net.Addr, len(ls.list))
	for i, l := range ls.list {
		addrs[i] = l.Addr()
		if l.file != nil {
			// The socket itself knows only the temporary name it was bound to.
			addrs[i] = &net.UnixAddr{Name: l.conf.Path, Net: "unix"}
		}
	}
	return addrs
}

// Close removes the socket files that are still ours and closes the sockets.
func (ls *Listeners) Close() error {
	var errs []error
	for _, l := range ls.list {
		errs = append(errs, l.close())
	}
	return errors.Join(errs...)
}

// close removes the file before the socket is closed: while the socket is
// open its inode cannot be used again, so that the file is known for certain
// to be ours.
func (l *listener) close() error {
	var err error
	if l.file != nil {
		err = l.file.remove()
	}
	if e := l.Listener.Close(); !errors.Is(e, net.ErrClosed) {
		err = errors.Join(err, e)
	}
	return err
}

func listen(conf config.Server, warn io.Writer) (*listener, error) {
	l := &listener{conf: conf}
	var err error
	if conf.Network == "unix" {
		l.Listener, l.file, err = listenUnix(conf, warn)
	} else {
		l.Listener, err = listenTCP(conf)
	}
	if err != nil {
		return nil, openError(conf, err)
	}
	return l, nil
}

// listenTCP opens an IPv4 socket, as Supervisor does: a name is resolved to an
// IPv4 address, an empty host means all interfaces. Only an IPv6 literal opens
// an IPv6 socket, which Supervisor cannot. SO_REUSEADDR is Go's default.
func listenTCP(conf config.Server) (net.Listener, error) {
	network := "tcp4"
	host := strings.TrimSuffix(strings.TrimPrefix(conf.Host, "["), "]")
	if strings.Contains(host, ":") {
		network = "tcp6"
	}
	var lc net.ListenConfig
	lc.SetMultipathTCP(false) // plain TCP, whatever the default of the runtime
	return lc.Listen(context.Background(), network, net.JoinHostPort(host, strconv.Itoa(conf.Port)))
}
