package ctl

import (
	"fmt"
	"strings"

	"supervisord/pkg/python"
)

// CheckURL refuses what is no URL of a server for the option -s: it must have a
// scheme, and a host or a path.
func CheckURL(text string) error {
	u, err := splitURL(text)
	if err != nil {
		return err
	}
	if u.scheme == "" || u.host == "" && u.path == "" {
		return fmt.Errorf("value %s is not a URL", python.Quote(text))
	}
	return nil
}

// url is as much of a URL as the checks look at.
type url struct{ scheme, host, path string }

// splitURL takes a URL apart as Python's urlparse does, which refuses next to
// nothing.
func splitURL(text string) (url, error) {
	text = strings.TrimLeftFunc(text, func(r rune) bool { return r <= ' ' })
	text = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(text)
	var u url
	if scheme, rest, ok := strings.Cut(text, ":"); ok && isScheme(scheme) {
		u.scheme, text = strings.ToLower(scheme), rest
	}
	if rest, ok := strings.CutPrefix(text, "//"); ok {
		end := len(rest)
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			end = i
		}
		u.host, text = rest[:end], rest[end:]
		if strings.Contains(u.host, "[") != strings.Contains(u.host, "]") {
			return url{}, exception{"ValueError", "Invalid IPv6 URL"}
		}
	}
	u.path, _, _ = strings.Cut(text, "#")
	u.path, _, _ = strings.Cut(u.path, "?")
	return u, nil
}

// isScheme reports whether text is a letter followed by letters, digits, "+",
// "-" and ".".
func isScheme(text string) bool {
	for i, r := range text {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || !('0' <= r && r <= '9') && !strings.ContainsRune("+-.", r)) {
			return false
		}
	}
	return text != ""
}
