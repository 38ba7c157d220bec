//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// A caller makes RPC calls one after the other. It does as little as it can, so
// that what is measured is the server.
type caller struct {
	network, address string
	keeps            bool // the connection from call to call
	conn             io.ReadWriteCloser
	in               *bufio.Reader
	answer           []byte
}

func newCaller(network, address string, keeps bool) *caller {
	return &caller{network: network, address: address, keeps: keeps, in: bufio.NewReaderSize(nil, 1<<16)}
}

// request is the text of a call.
func (c *caller) request(method string, args ...string) []byte {
	var body strings.Builder
	fmt.Fprintf(&body, "<?xml version='1.0'?>\n<methodCall>\n<methodName>supervisor.%s</methodName>\n<params>\n", method)
	for _, arg := range args {
		fmt.Fprintf(&body, "<param>\n<value><string>%s</string></value>\n</param>\n", arg)
	}
	body.WriteString("</params>\n</methodCall>\n")
	connection := "keep-alive"
	if !c.keeps {
		connection = "close"
	}
	return fmt.Appendf(nil, "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nConnection: %s\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s",
		connection, body.Len(), body.String())
}

// call sends a request and reads its answer to the end.
func (c *caller) call(request []byte) error {
	if c.conn == nil {
		if err := c.connect(); err != nil {
			return err
		}
	}
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	if err := c.read(); err != nil {
		return err
	}
	if !c.keeps {
		return c.close()
	}
	return nil
}

// connect opens a connection. One over TCP that is not kept is reset at its
// end: else its port stays taken for a minute.
func (c *caller) connect() error {
	if c.network == "unix" {
		conn, err := dialUnix(c.address)
		if err != nil {
			return err
		}
		c.conn = conn
		c.in.Reset(conn)
		return nil
	}
	conn, err := net.Dial(c.network, c.address)
	if err != nil {
		return err
	}
	if tcp, ok := conn.(*net.TCPConn); ok && !c.keeps {
		if err := tcp.SetLinger(0); err != nil {
			return err
		}
	}
	c.conn = conn
	c.in.Reset(conn)
	return conn.SetDeadline(time.Now().Add(patience))
}

func (c *caller) close() error {
	if c.conn == nil {
		return nil
	}
	conn := c.conn
	c.conn = nil
	return conn.Close()
}

// read reads an answer, and holds that it is no fault.
func (c *caller) read() error {
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.Contains(status, []byte(" 200 ")) {
		return fmt.Errorf("the answer is %q", status)
	}
	length := -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		const name = "content-length:"
		if len(line) > len(name) && bytes.EqualFold(line[:len(name)], []byte(name)) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(name):]))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("the answer has no Content-Length")
	}
	if cap(c.answer) < length {
		c.answer = make([]byte, length)
	}
	c.answer = c.answer[:length]
	if _, err := io.ReadFull(c.in, c.answer); err != nil {
		return err
	}
	if bytes.Contains(c.answer[:min(length, 200)], []byte("<fault>")) {
		return fmt.Errorf("the answer is %s", c.answer)
	}
	return nil
}

// freePort is a TCP port that nobody listens to.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
