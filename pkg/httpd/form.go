package httpd

import (
	"net/http"
	"strings"
)

// form are the parameters of a page, from the query and from the body of a
// POST. They are read as Supervisor reads them: empty values do not count, of
// a name that is repeated the query's first counts and the body's last, the
// body wins, and what is badly encoded is taken literally.
type form map[string]string

// readForm reads the parameters. If it cannot, it answers the client itself
// and returns false.
func (e *endpoint) readForm(w http.ResponseWriter, r *http.Request) (form, bool) {
	f := form{}
	eachPair(r.URL.RawQuery, func(name, value string) {
		if _, there := f[name]; !there {
			f[name] = value
		}
	})
	if r.Method != http.MethodPost {
		return f, true
	}
	body, ok := e.readBody(w, r, formSize)
	if !ok {
		return nil, false
	}
	eachPair(string(body), func(name, value string) { f[name] = value })
	return f, true
}

// eachPair calls do for each name=value of an encoded form.
func eachPair(s string, do func(name, value string)) {
	for pair := range strings.SplitSeq(s, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name, value = unquote(name), unquote(value); value != "" {
			do(name, value)
		}
	}
}

// unquote decodes + and %XX, and leaves alone what is neither.
func unquote(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0:
			b = append(b, byte(hexDigit(s[i+1])<<4|hexDigit(s[i+2])))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// hexDigit is the value of a hexadecimal digit, -1 for anything else.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// quote encodes what is not a letter, a digit or one of _.-~/ as %XX, as the
// links and redirections of Supervisor are encoded.
func quote(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_.-~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}
