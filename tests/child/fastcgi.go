package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// fastcgi answers FastCGI requests on the socket that is its standard input with
// "served by PID". SIGTERM has it take no more of them and finish those that it
// has.
func fastcgi([]string) error {
	socket, err := net.FileListener(os.Stdin)
	if err != nil {
		return err
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	ending := make(chan struct{})
	go func() {
		<-told
		close(ending)
		socket.Close()
	}()
	counted := &countedListener{Listener: socket}
	err = fcgi.Serve(counted, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "served by %d\n", os.Getpid())
	}))
	select {
	case <-ending:
		counted.open.Wait()
		return nil
	default:
		return err
	}
}

// countedListener knows how many of its connections are open.
type countedListener struct {
	net.Listener
	open sync.WaitGroup
}

func (l *countedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.open.Add(1)
	return &countedConn{Conn: c, closed: l.open.Done}, nil
}

// countedConn tells once that it was closed.
type countedConn struct {
	net.Conn
	closed func()
	once   sync.Once
}

func (c *countedConn) Close() error {
	defer c.once.Do(c.closed)
	return c.Conn.Close()
}
