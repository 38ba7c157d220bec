package httpd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// smallBody is what any request may take of our memory.
	smallBody = 64 << 10
	// largeBodies is how many larger ones may be in memory at a time. Others wait.
	largeBodies = 2
)

// wholeBody is the body of a request that has been read. Closing it, once or more,
// makes room for another one.
type wholeBody struct {
	*bytes.Reader
	bytes []byte
	done  func()
}

// Close tells that the body is no longer used.
func (b *wholeBody) Close() error {
	b.done()
	return nil
}

// statusError is the error of a request that is refused with that status.
type statusError struct {
	status int
	err    error
}

func (e statusError) Error() string { return e.err.Error() }

// statusOf returns the status for an error of readBody.
func statusOf(err error) int {
	var known statusError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known.status
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest // it broke off, or took too long
}

// readBody reads the body of a request, within the limits of size and time.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) (*wholeBody, error) {
	conn := http.NewResponseController(w)
	// The error would be that of a connection that is gone, which reading tells.
	_ = conn.SetReadDeadline(time.Now().Add(bodyPatience))
	// Answers may take long to come; meanwhile the client is silent.
	defer func() { _ = conn.SetReadDeadline(time.Time{}) }()

	if r.ContentLength > bodyLimit {
		w.Header().Set("Connection", "close")
		return nil, &http.MaxBytesError{Limit: bodyLimit}
	}
	in := http.MaxBytesReader(w, r.Body, bodyLimit)
	body, err := io.ReadAll(io.LimitReader(in, smallBody))
	if err != nil {
		return nil, err
	}
	if len(body) < smallBody {
		return &wholeBody{bytes.NewReader(body), body, func() {}}, nil
	}
	done, err := s.makeRoom(r.Context())
	if err != nil {
		return nil, err
	}
	rest := bytes.NewBuffer(body)
	if missing := int(r.ContentLength) - len(body); missing > 0 {
		rest.Grow(missing + bytes.MinRead)
	}
	if _, err := rest.ReadFrom(in); err != nil {
		done()
		return nil, err
	}
	body = rest.Bytes()
	return &wholeBody{bytes.NewReader(body), body, done}, nil
}

// makeRoom waits until a large body may be read, and returns what gives the room
// back.
func (s *Server) makeRoom(ctx context.Context) (done func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, bodyPatience)
	defer cancel()
	select {
	case s.bodies <- struct{}{}:
		return sync.OnceFunc(func() { <-s.bodies }), nil
	case <-ctx.Done():
		return nil, statusError{http.StatusServiceUnavailable, errors.New("too many large requests at a time")}
	}
}
