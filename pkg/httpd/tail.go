package httpd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// endTime is how long the end of a tail may take to be sent.
const endTime = time.Second

// logTail answers /logtail/NAME[/stdout or /stderr]: the log of a process as
// it grows. The name is looked up; a path never comes from the URL.
func (e *endpoint) logTail(w http.ResponseWriter, r *http.Request) {
	_, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	name, channel, given := strings.Cut(rest, "/")
	info, err := e.opt.Supervisor.GetProcessInfo(r.Context(), name)
	var fault *api.Fault
	switch {
	case errors.As(err, &fault):
		errorPage(w, http.StatusNotFound)
		return
	case err != nil:
		e.log(config.Error, "tail of %q: %v", name, err)
		errorPage(w, http.StatusInternalServerError)
		return
	}
	path := ""
	switch {
	case !given || channel == "stdout":
		path = info.StdoutLogfile
	case channel == "stderr":
		path = info.StderrLogfile
	}
	// A proxy must not hold back what is meant to be seen at once.
	e.follow(w, r, path, "X-Accel-Buffering: no\r\n")
}

// mainLogTail answers /mainlogtail.
func (e *endpoint) mainLogTail(w http.ResponseWriter, r *http.Request) {
	e.follow(w, r, e.opt.MainLog(), "")
}

// follow streams the log at path until the client goes away or the server
// closes. What is no file is 404: a log may come to be later.
func (e *endpoint) follow(w http.ResponseWriter, r *http.Request, path, header string) {
	info, err := os.Stat(path)
	if path == "" || err != nil || !info.Mode().IsRegular() {
		errorPage(w, http.StatusNotFound)
		return
	}
	if !e.gate.enterStream() {
		w.Header()["Retry-After"] = []string{"10"}
		errorPage(w, http.StatusServiceUnavailable)
		return
	}
	defer e.gate.leaveStream()
	log, err := e.opt.Follow(path)
	if err != nil {
		errorPage(w, http.StatusNotFound) // it was there a moment ago, or may not be read
		return
	}
	defer log.Close()
	s, err := newStream(w, r)
	if err != nil {
		e.log(config.Error, "tail of %q: %v", path, err)
		errorPage(w, http.StatusInternalServerError)
		return
	}
	defer e.gate.leave(s.conn)
	defer s.conn.Close()
	s.begin(fmt.Sprintf("Server: %s\r\nX-Content-Type-Options: nosniff\r\nLast-Modified: %s\r\n"+
		"Content-Type: text/plain;charset=utf-8\r\n%s", serverName, httpDate(info.ModTime()), header))
	err = s.run(e.streams, log)
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, net.ErrClosed) {
		e.log(config.Debug, "tail of %q: %v", path, err)
	}
}

// stream is an answer without end. It has its connection to itself: net/http
// sees that a client has gone only if that client sent nothing after its
// request, and supervisorctl sends an empty line more.
type stream struct {
	conn    net.Conn
	out     *bufio.Writer
	chunked bool
}

// newStream takes the connection of a request out of net/http. Whoever takes
// it closes it.
func newStream(w http.ResponseWriter, r *http.Request) (*stream, error) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Time{})
	return &stream{conn, rw.Writer, r.ProtoAtLeast(1, 1)}, nil
}

// begin prepares the status and the headers; they leave with the first bytes,
// or at once if none are there.
func (s *stream) begin(header string) {
	if s.chunked {
		fmt.Fprintf(s.out, "HTTP/1.1 200 OK\r\nDate: %s\r\n%sTransfer-Encoding: chunked\r\n\r\n", httpDate(time.Now()), header)
	} else {
		fmt.Fprintf(s.out, "HTTP/1.0 200 OK\r\nDate: %s\r\n%s\r\n", httpDate(time.Now()), header)
	}
}

// run sends what log gets until ctx ends, the client goes away or the log
// cannot be read any more. A client that does not read stops only itself: the
// bytes wait in the log.
func (s *stream) run(ctx context.Context, log Follower) error {
	ctx, cancel := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		defer cancel()
		io.Copy(io.Discard, s.conn) // ends when the connection does
	}()
	// The server cuts a connection that does not take its end.
	stop := context.AfterFunc(ctx, func() { s.conn.SetWriteDeadline(time.Now().Add(endTime)) })
	defer func() {
		stop()
		s.conn.Close()
		<-gone
	}()
	if err := s.out.Flush(); err != nil {
		return err
	}
	for {
		data, err := log.Next(ctx)
		if err == nil {
			err = s.send(data)
		} else if e := s.end(); e != nil {
			return e
		}
		if err != nil {
			return err
		}
	}
}

// send sends one piece.
func (s *stream) send(data []byte) error {
	if len(data) == 0 {
		return nil // an empty chunk would be the end
	}
	if s.chunked {
		fmt.Fprintf(s.out, "%x\r\n", len(data))
	}
	s.out.Write(data)
	if s.chunked {
		s.out.WriteString("\r\n")
	}
	return s.out.Flush()
}

// end says that nothing more will come.
func (s *stream) end() error {
	if s.chunked {
		s.out.WriteString("0\r\n\r\n")
	}
	return s.out.Flush()
}

func httpDate(t time.Time) string { return t.UTC().Format(http.TimeFormat) }
