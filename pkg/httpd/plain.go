package httpd

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// plainCall is a call in the form in which most clients send it.
type plainCall struct {
	header [len(plainHeaders)]string // the values, in the order of plainHeaders
	body   []byte                    // as far as it is there
	length int                       // of the body when it is whole
}

// plainHeaders are the headers that a plain call may have, each once at most. What
// any other would ask of a server is net/http's to know.
var plainHeaders = [...]string{
	hostHeader: "Host", lengthHeader: "Content-Length", authHeader: "Authorization", connectionHeader: "Connection",
	4: "User-Agent", 5: "Accept", 6: "Accept-Encoding", 7: "Content-Type",
}

const (
	hostHeader = iota
	lengthHeader
	authHeader
	connectionHeader
)

const plainRequest = "POST /RPC2 HTTP/1.1\r\n"

// parsePlain reads a request of which all headers are there. It returns false
// for whatever is not certain to be a plain call: an unusual form, an error, or
// more than one request.
func parsePlain(b []byte) (c plainCall, ok bool) {
	rest, ok := bytes.CutPrefix(b, []byte(plainRequest))
	if !ok {
		return c, false
	}
	for {
		line, after, ok := bytes.Cut(rest, []byte("\r\n"))
		if !ok {
			return c, false
		}
		rest = after
		if len(line) == 0 {
			break
		}
		if !c.add(line) {
			return c, false
		}
	}
	c.body = rest
	return c, c.complete()
}

// add takes a line of the header.
func (c *plainCall) add(line []byte) bool {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		return false
	}
	value = bytes.Trim(value, " \t")
	if len(value) == 0 || bytes.ContainsFunc(value, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return false
	}
	for i, known := range plainHeaders {
		if len(name) == len(known) && strings.EqualFold(string(name), known) {
			again := c.header[i] != ""
			c.header[i] = string(value)
			return !again
		}
	}
	return false
}

// complete looks at what the headers say together.
func (c *plainCall) complete() bool {
	host, length := c.header[hostHeader], c.header[lengthHeader]
	if host == "" || strings.ContainsFunc(host, notInHost) {
		return false
	}
	if len(length) > 5 || strings.ContainsFunc(length, func(r rune) bool { return r < '0' || r > '9' }) {
		return false
	}
	c.length, _ = strconv.Atoi(length) // 0 if there is none
	if c.length == 0 || len(c.body) > c.length {
		return false
	}
	connection := c.header[connectionHeader]
	return connection == "" || c.last() || strings.EqualFold(connection, "keep-alive")
}

// last reports whether the client wants no other call on this connection.
func (c *plainCall) last() bool { return strings.EqualFold(c.header[connectionHeader], "close") }

func notInHost(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(".:-_[]", r))
}

// appendHead appends the headers of an answer, just as net/http and ServeHTTP
// make them.
func (c *plainCall) appendHead(dst []byte, length int, now time.Time) []byte {
	dst = append(dst, "HTTP/1.1 200 OK\r\nContent-Length: "...)
	dst = strconv.AppendInt(dst, int64(length), 10)
	dst = append(dst, "\r\nContent-Type: "+rpcType+"\r\nServer: "+serverName+"\r\nX-Content-Type-Options: nosniff\r\nDate: "...)
	dst = now.UTC().AppendFormat(dst, http.TimeFormat)
	if c.last() {
		dst = append(dst, "\r\nConnection: close"...)
	}
	return append(dst, "\r\n\r\n"...)
}
