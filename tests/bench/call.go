//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A caller makes RPC calls on one connection that is kept. It uses its memory
// again, so that it is not its own work that is measured.
type caller struct {
	conn   socket
	in     *bufio.Reader
	answer []byte // the last one
}

func dial(path string) (*caller, error) {
	conn, err := dialUnix(path)
	if err != nil {
		return nil, err
	}
	return &caller{conn: conn, in: bufio.NewReaderSize(conn, 1<<16)}, nil
}

// call makes one call and reads its answer to the end.
func (c *caller) call(method string, args ...string) error {
	var body strings.Builder
	fmt.Fprintf(&body, "<?xml version='1.0'?>\n<methodCall>\n<methodName>%s</methodName>\n<params>\n", method)
	for _, arg := range args {
		fmt.Fprintf(&body, "<param>\n<value><string>%s</string></value>\n</param>\n", arg)
	}
	body.WriteString("</params>\n</methodCall>\n")
	_, err := fmt.Fprintf(c.conn, "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s",
		body.Len(), body.String())
	if err != nil {
		return err
	}
	status, err := c.in.ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.Contains(status, " 200 ") {
		return fmt.Errorf("%s: %s", method, strings.TrimSpace(status))
	}
	length := -1
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return err
		}
		if line = strings.TrimSpace(line); line == "" {
			break
		}
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("%s: no Content-Length", method)
	}
	c.answer = slices.Grow(c.answer[:0], length)[:length]
	if _, err := io.ReadFull(c.in, c.answer); err != nil {
		return err
	}
	if begin := c.answer[:min(length, 100)]; bytes.Contains(begin, []byte("<fault>")) {
		return fmt.Errorf("%s: %s", method, c.answer)
	}
	return nil
}

// sample makes calls for the time of the budget, five at least and two
// thousand at most, and returns how long each took in milliseconds. The first
// one is not counted.
func (c *caller) sample(ctx context.Context, budget time.Duration, method string, args ...string) ([]float64, error) {
	if err := c.call(method, args...); err != nil {
		return nil, err
	}
	var all []float64
	for end := time.Now().Add(budget); len(all) < 5 || (time.Now().Before(end) && len(all) < 2000); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		began := time.Now()
		if err := c.call(method, args...); err != nil {
			return nil, err
		}
		all = append(all, milliseconds(time.Since(began)))
	}
	return all, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
