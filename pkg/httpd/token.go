package httpd

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// token tells our own forms from those that others make: only who can read the
// page knows it. It holds until supervisord restarts.
type token struct{ key [32]byte }

func newToken() *token {
	t := &token{}
	rand.Read(t.key[:]) // it cannot fail
	return t
}

// of returns the token of one server; that of another one does not do.
func (t *token) of(section string) string {
	mac := hmac.New(sha256.New, t.key[:])
	mac.Write([]byte(section))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ok tells whether given is the token of the server.
func (t *token) ok(section, given string) bool {
	return hmac.Equal([]byte(given), []byte(t.of(section)))
}
