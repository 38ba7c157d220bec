package system

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"supervisord/tests/harness"
)

// The types of FastCGI records that a request needs.
const (
	beginRequest = 1
	endRequest   = 3
	params       = 4
	stdin        = 5
	stdout       = 6
)

// served makes a FastCGI request as a web server does, and answers which process
// has served it. connected is false if nobody took the connection.
func served(network, address string) (pid int, connected bool, err error) {
	c, err := net.DialTimeout(network, address, harness.Limit)
	if err != nil {
		return 0, false, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(harness.Limit))
	var request []byte
	for _, r := range []struct {
		kind    byte
		content string
	}{
		{beginRequest, "\x00\x01\x00\x00\x00\x00\x00\x00"}, // a responder, which closes the connection
		{params, "\x0e\x03REQUEST_METHODGET" + "\x0f\x08SERVER_PROTOCOLHTTP/1.1" + "\x09\x04HTTP_HOSThost" + "\x0b\x01REQUEST_URI/"},
		{params, ""},
		{stdin, ""},
	} {
		request = append(request, 1, r.kind, 0, 1)
		request = binary.BigEndian.AppendUint16(request, uint16(len(r.content)))
		request = append(request, 0, 0)
		request = append(request, r.content...)
	}
	if _, err := c.Write(request); err != nil {
		return 0, true, err
	}
	answer, err := readAnswer(c)
	if err != nil {
		return 0, true, err
	}
	head, body, _ := strings.Cut(answer, "\r\n\r\n")
	if _, err := fmt.Sscanf(body, "served by %d", &pid); err != nil || !strings.HasPrefix(head, "Status: 200 OK") {
		return 0, true, fmt.Errorf("the answer is %q: %v", answer, err)
	}
	return pid, true, nil
}

// readAnswer reads what the application prints until it ends the request.
func readAnswer(c io.Reader) (string, error) {
	var answer []byte
	for {
		head := make([]byte, 8)
		if _, err := io.ReadFull(c, head); err != nil {
			return "", fmt.Errorf("after %q: %w", answer, err)
		}
		content := make([]byte, int(binary.BigEndian.Uint16(head[4:]))+int(head[6]))
		if _, err := io.ReadFull(c, content); err != nil {
			return "", err
		}
		switch head[1] {
		case stdout:
			answer = append(answer, content[:len(content)-int(head[6])]...)
		case endRequest:
			return string(answer), nil
		}
	}
}

// visitors make requests one after another until they are called back.
type visitors struct {
	gone sync.WaitGroup
	stop chan struct{}
	once sync.Once

	mu      sync.Mutex
	served  int
	refused []error // nobody took the connection
	lost    []error // somebody took it and did not answer
}

func visit(t *testing.T, network, address string) *visitors {
	v := &visitors{stop: make(chan struct{})}
	t.Cleanup(v.back)
	for range 4 {
		v.gone.Go(func() {
			for {
				select {
				case <-v.stop:
					return
				default:
					v.note(served(network, address))
				}
			}
		})
	}
	return v
}

func (v *visitors) note(_ int, connected bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case err == nil:
		v.served++
	case connected:
		v.lost = append(v.lost, err)
	default:
		v.refused = append(v.refused, err)
	}
}

// sofar is how many requests were answered.
func (v *visitors) sofar() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.served
}

// back calls them back.
func (v *visitors) back() {
	v.once.Do(func() { close(v.stop) })
	v.gone.Wait()
}
