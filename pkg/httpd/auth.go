package httpd

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"unicode/utf8"

	"supervisord/pkg/config"
)

// shaMark begins a password that is kept as the hex digits of its SHA-1.
const shaMark = "{SHA}"

// credentials are the user and password of one server. They are kept and
// compared as digests of one length, so that the time of a comparison tells
// nothing.
type credentials struct {
	required       bool
	hashed         bool // the password was written as {SHA}...
	user, password [sha256.Size]byte
}

func newCredentials(c config.Server) credentials {
	stored, hashed := strings.CutPrefix(c.Password, shaMark)
	return credentials{
		required: c.Username != "" || c.Password != "",
		hashed:   hashed,
		user:     sha256.Sum256([]byte(c.Username)),
		password: sha256.Sum256([]byte(stored)),
	}
}

// check returns 0 for a request that may pass with the value of its header
// Authorization, otherwise the status to answer
// with: 401, or 400 for something that is not base64.
func (c *credentials) check(authorization string) int {
	if !c.required {
		return 0
	}
	scheme, encoded, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Basic") || encoded == "" {
		return http.StatusUnauthorized
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil || !utf8.Valid(decoded) {
		return http.StatusBadRequest
	}
	user, password, ok := strings.Cut(string(decoded), ":")
	if !ok || !c.match(user, password) {
		return http.StatusUnauthorized
	}
	return 0
}

func (c *credentials) match(user, password string) bool {
	if c.hashed {
		sum := sha1.Sum([]byte(password))
		password = hex.EncodeToString(sum[:])
	}
	u, p := sha256.Sum256([]byte(user)), sha256.Sum256([]byte(password))
	// Both are compared whatever the first says.
	return subtle.ConstantTimeCompare(u[:], c.user[:])&subtle.ConstantTimeCompare(p[:], c.password[:]) == 1
}
