package httpd

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	headerTime = 10 * time.Second // to send the headers of a request
	headerSize = 64 << 10

	bodyTime = time.Minute // to send the body of a request
	rpcSize  = 8 << 20     // the largest body of a call
	formSize = 64 << 10    // the largest body of a form

	// smallBody is what every request may send at any time; of larger ones a
	// server takes in only largeBodies at once, so that many cannot fill the
	// memory.
	smallBody   = 64 << 10
	largeBodies = 4

	// A client may take writeTime for its answer, and a second more for each
	// writeRate bytes of it.
	writeTime = 30 * time.Second
	writeRate = 64 << 10
)

var errBusy = errors.New("too many large requests at once")

// limitWriting sets the time by which an answer of n bytes must have been
// taken by the client. It ends with the request.
func limitWriting(w http.ResponseWriter, n int) {
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeAllowance(n))) // not all writers can
}

// writeAllowance is how long a client may take for an answer of n bytes.
func writeAllowance(n int) time.Duration { return writeTime + time.Duration(n/writeRate)*time.Second }

// readBody returns the body of a request. If there is none within the limits
// it answers the client itself and returns false.
func (e *endpoint) readBody(w http.ResponseWriter, r *http.Request, limit int) ([]byte, bool) {
	switch {
	case r.ContentLength > int64(limit):
		w.Header()["Connection"] = []string{"close"}
		errorPage(w, http.StatusRequestEntityTooLarge)
		return nil, false
	case r.ContentLength == 0 && r.Header["Content-Length"] == nil:
		errorPage(w, http.StatusLengthRequired)
		return nil, false
	}
	rc := http.NewResponseController(w)
	rc.SetReadDeadline(time.Now().Add(e.bodyTime))
	body, err := e.takeBody(rc, r, http.MaxBytesReader(w, r.Body, int64(limit)))
	// From here on net/http only reads to see the client go away, however long
	// the answer takes: the time for the body must not end that.
	rc.SetReadDeadline(time.Time{})
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return body, true
	case errors.Is(err, errBusy):
		w.Header()["Connection"] = []string{"close"}
		errorPage(w, http.StatusServiceUnavailable)
	case errors.As(err, &tooLarge):
		errorPage(w, http.StatusRequestEntityTooLarge)
	default: // cut short, too slow, or badly framed
		w.Header()["Connection"] = []string{"close"}
		errorPage(w, http.StatusBadRequest)
	}
	return nil, false
}

// takeBody reads a small body at once, and a large one when it is its turn.
func (e *endpoint) takeBody(rc *http.ResponseController, r *http.Request, src io.Reader) ([]byte, error) {
	var b bytes.Buffer
	if n := r.ContentLength; n > 0 {
		b.Grow(int(min(n, smallBody)) + bytes.MinRead)
	}
	_, err := io.CopyN(&b, src, smallBody)
	if err == io.EOF {
		return b.Bytes(), nil
	}
	if err != nil {
		return nil, err
	}
	late := time.NewTimer(e.bodyTime)
	defer late.Stop()
	select {
	case e.large <- struct{}{}:
		defer func() { <-e.large }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-late.C:
		return nil, errBusy
	}
	rc.SetReadDeadline(time.Now().Add(e.bodyTime))
	_, err = b.ReadFrom(src)
	return b.Bytes(), err
}
