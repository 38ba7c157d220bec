package httpd

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

const plainExample = "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: x\r\nContent-Length: 4\r\n\r\nbody"

// What is taken is a call beyond doubt; everything else is left to net/http.
func TestPlainCalls(t *testing.T) {
	with := func(old, new string) string { return strings.Replace(plainExample, old, new, 1) }
	for request, want := range map[string]bool{
		plainExample:                                        true,
		with("body", ""):                                    true, // more will come
		with("Content-Length", "content-length"):            true,
		with("Host: localhost", "Host: [::1]:9001"):         true,
		with("Host:", "Connection: close\r\nHost:"):         true,
		with("Host:", "Authorization: Basic eA==\r\nHost:"): true,

		with("body", "body, and more"):                      false,
		with("HTTP/1.1", "HTTP/1.0"):                        false,
		with("POST", "GET"):                                 false,
		with("/RPC2", "/RPC2/"):                             false,
		with("/RPC2", "/RPC2?x"):                            false,
		with("\r\n\r\nbody", "\r\n"):                        false,
		with("\r\n", "\n"):                                  false,
		with("Host: localhost\r\n", ""):                     false,
		with("Host: localhost", "Host: a b"):                false,
		with("Host: localhost", "Host: a\r\nHost: b"):       false,
		with("User-Agent: x", "Origin: http://x"):           false,
		with("User-Agent: x", "Expect: 100-continue"):       false,
		with("User-Agent: x", "Transfer-Encoding: chunked"): false,
		with("User-Agent: x", "Connection: upgrade"):        false,
		with("User-Agent: x", "User-Agent: x\r\n folded"):   false,
		with("User-Agent: x", "User-Agent : x"):             false,
		with("User-Agent: x", "User-Agent: \x01"):           false,
		with("User-Agent: x", "User-Agent: ü"):              false,
		with("User-Agent: x", "nonsense"):                   false,
		with("Content-Length: 4", "Content-Length: 0"):      false,
		with("Content-Length: 4", "Content-Length: +4"):     false,
		with("Content-Length: 4", "Content-Length: 123456"): false,
		with("Content-Length: 4\r\n", ""):                   false,
		with("Content-Length: 4", "Content-Length: 4, 4"):   false,
		with("User-Agent: x", "Content-Length: 5"):          false,
	} {
		if _, got := parsePlain([]byte(request)); got != want {
			t.Errorf("%q: taken %v, want %v", request, got, want)
		}
	}
}

// What is taken, net/http understands in the same way.
func FuzzPlainCalls(f *testing.F) {
	f.Add([]byte(plainExample))
	f.Add([]byte(strings.Replace(plainExample, "User-Agent: x", "authorization:\tBasic eA== \r\nAccept: */*\r\nConnection: CLOSE", 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, ok := parsePlain(b)
		if !ok || len(c.body) != c.length {
			return
		}
		from := bufio.NewReader(bytes.NewReader(b))
		r, err := http.ReadRequest(from)
		if err != nil {
			t.Fatalf("%q is taken, but refused by net/http: %v", b, err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(body, c.body) {
			t.Errorf("%q: body %q, by net/http %q, %v", b, c.body, body, err)
		}
		if left, _ := io.ReadAll(from); len(left) > 0 {
			t.Errorf("%q: %q left", b, left)
		}
		if r.Method != "POST" || r.URL.Path != "/RPC2" || !r.ProtoAtLeast(1, 1) || r.Close != c.last() || fromBrowser(r) ||
			r.Host != c.header[hostHeader] || r.Header.Get("Authorization") != c.header[authHeader] {
			t.Errorf("%q: %+v, by net/http %+v", b, c, r)
		}
	})
}
