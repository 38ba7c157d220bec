package compat

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// An address is where a daemon listens.
type address struct{ network, name string }

// connection is one connection to a daemon, read answer by answer. It is
// written here, apart from our own client, so that a fault of ours cannot hide
// on both ends.
type connection struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(a address) (*connection, error) {
	conn, err := net.DialTimeout(a.network, a.name, patience)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		conn.Close()
		return nil, err
	}
	return &connection{conn, bufio.NewReader(conn)}, nil
}

// A response is one HTTP answer as it came.
type response struct {
	head []string // status line and header lines
	body []byte
}

// receive reads one answer: a body of Content-Length bytes, a chunked one, or
// all up to the end of the connection. For a HEAD request it is always the last
// one, since the headers then tell of a body that should not come.
func (c *connection) receive(head bool) (*response, error) {
	r := new(response)
	length, chunked := -1, false
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			if err == io.EOF && line == "" && len(r.head) == 0 {
				return nil, io.EOF
			}
			return nil, fmt.Errorf("head %q: %w", append(r.head, line), err)
		}
		line = strings.TrimSuffix(line, "\n")
		if strings.TrimSuffix(line, "\r") == "" {
			break
		}
		r.head = append(r.head, line)
		name, value, _ := strings.Cut(strings.ToLower(line), ":")
		switch value = strings.TrimSpace(value); name {
		case "content-length":
			if length, err = strconv.Atoi(value); err != nil {
				return nil, fmt.Errorf("header %q: %w", line, err)
			}
		case "transfer-encoding":
			chunked = value == "chunked"
		}
	}
	var err error
	switch {
	case head:
		r.body, err = io.ReadAll(c.in)
	case chunked:
		for err == nil {
			var part []byte
			if part, err = c.chunk(); len(part) == 0 {
				break
			}
			r.body = append(r.body, part...)
		}
	case length >= 0:
		r.body = make([]byte, length)
		_, err = io.ReadFull(c.in, r.body)
	default:
		r.body, err = io.ReadAll(c.in)
	}
	if err != nil {
		return nil, fmt.Errorf("body after %q: %w", r.head, err)
	}
	return r, nil
}

// chunk reads one chunk of a chunked body; the last one is empty.
func (c *connection) chunk() ([]byte, error) {
	line, err := c.in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	size, err := strconv.ParseUint(strings.TrimSpace(line), 16, 31)
	if err != nil {
		return nil, fmt.Errorf("size of a chunk: %w", err)
	}
	data := make([]byte, size+2)
	if _, err := io.ReadFull(c.in, data); err != nil {
		return nil, err
	}
	return data[:size], nil
}

// exchange sends the bytes on a connection of their own and reads one answer.
// With end it also waits for the daemon to close the connection.
func exchange(a address, request []byte, end bool) (*response, error) {
	c, err := dial(a)
	if err != nil {
		return nil, err
	}
	defer c.conn.Close()
	if _, err := c.conn.Write(request); err != nil {
		return nil, err
	}
	r, err := c.receive(bytes.HasPrefix(request, []byte("HEAD ")))
	if err != nil || !end {
		return r, err
	}
	if rest, err := io.ReadAll(c.in); err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("connection not closed after the answer: %d bytes, %v", len(rest), err)
	}
	return r, nil
}

// post makes the request of an XML-RPC call.
func post(body string) []byte {
	return fmt.Appendf(nil, "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"+
		"Content-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// callXML makes the document of a call from a JSON array of arguments: numbers
// without a point are ints, objects are structs in their written order.
func callXML(method, args string) (string, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<?xml version='1.0'?>\n<methodCall>\n<methodName>%s</methodName>\n<params>\n", escape(method))
	d := json.NewDecoder(strings.NewReader(args))
	d.UseNumber()
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return "", fmt.Errorf("arguments %q: not a JSON array", args)
	}
	for d.More() {
		b.WriteString("<param>\n")
		if err := valueXML(&b, d); err != nil {
			return "", fmt.Errorf("arguments %q: %w", args, err)
		}
		b.WriteString("</param>\n")
	}
	if _, err := d.Token(); err != nil {
		return "", fmt.Errorf("arguments %q: %w", args, err)
	}
	b.WriteString("</params>\n</methodCall>\n")
	return b.String(), nil
}

// valueXML writes the next JSON value of d.
func valueXML(b *bytes.Buffer, d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	b.WriteString("<value>")
	switch v := token.(type) {
	case string:
		fmt.Fprintf(b, "<string>%s</string>", escape(v))
	case bool:
		n := 0
		if v {
			n = 1
		}
		fmt.Fprintf(b, "<boolean>%d</boolean>", n)
	case nil:
		b.WriteString("<nil/>")
	case json.Number:
		kind := "int"
		if strings.ContainsAny(v.String(), ".eE") {
			kind = "double"
		}
		fmt.Fprintf(b, "<%s>%s</%s>", kind, v, kind)
	case json.Delim:
		if err := compositeXML(b, d, v); err != nil {
			return err
		}
	}
	b.WriteString("</value>\n")
	return nil
}

// compositeXML writes the rest of the array or object that d has entered.
func compositeXML(b *bytes.Buffer, d *json.Decoder, open json.Delim) error {
	before, after := "<array><data>\n", "</data></array>"
	if open == '{' {
		before, after = "<struct>\n", "</struct>"
	}
	b.WriteString(before)
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			fmt.Fprintf(b, "<member>\n<name>%s</name>\n", escape(name.(string)))
		}
		if err := valueXML(b, d); err != nil {
			return err
		}
		if open == '{' {
			b.WriteString("</member>\n")
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	b.WriteString(after)
	return nil
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
