package xmlrpc

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// server is what stands behind http:// in a serverurl. It is read here and not
// by net/url, which refuses the passwords that people write: p%w, p#w.
type server struct {
	user, password string
	host, port     string
	hostPort       string // as written
}

// parseServer reads [user[:password]@]host[:port][/...]. A path means nothing:
// the client knows its own.
func parseServer(s string) (u server, err error) {
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		u.user, u.password, _ = strings.Cut(s[:at], ":")
		u.user, u.password = unescape(u.user), unescape(u.password)
		s = s[at+1:]
	}
	if end := strings.IndexAny(s, "/?#"); end >= 0 {
		s = s[:end]
	}
	u.hostPort = s
	u.host, u.port, err = splitServer(s)
	if err == nil && u.host == "" {
		u.hostPort = "localhost" + s
	}
	return u, err
}

// splitServer splits host, host:port, [v6] and [v6]:port.
func splitServer(s string) (host, port string, err error) {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f {
			return "", "", errors.New("the host has a character that no host has")
		}
	}
	host, port = s, "80"
	if colon := strings.LastIndexByte(s, ':'); colon > strings.LastIndexByte(s, ']') {
		host, port = s[:colon], s[colon+1:]
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if host, ok = strings.CutSuffix(inner, "]"); !ok {
			return "", "", errors.New("the address has a [ and no ]")
		}
	} else if strings.Contains(host, ":") {
		return "", "", errors.New("an IPv6 address needs [ and ] around it")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", "", fmt.Errorf("%q is no port", port)
	}
	return host, port, nil
}

// unescape decodes %41 in the credentials of a URL. A % that begins nothing of
// the kind stands for itself.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
