package httpd

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"strings"

	"supervisord/pkg/config"
)

// The rules are told in doc.go, "Who may change state".

// refusal is why a request is not carried out.
type refusal struct {
	What string // what in the request speaks against it
	Then string // what to do
}

// fromBrowser reports whether a browser made the request for some page. Every
// POST of today's browsers carries an Origin. Sec-Fetch-Mode does not count:
// server-side JavaScript sends it too.
func fromBrowser(r *http.Request) bool {
	h := r.Header
	return h["Origin"] != nil || h["Referer"] != nil || h["Sec-Fetch-Site"] != nil
}

// looksInteractive reports whether a request comes from a browser although it
// says nothing of a page: browsers leave out Sec-Fetch-Site where the server
// is neither local nor encrypted, and a page can make them leave out Referer.
func looksInteractive(r *http.Request) bool {
	return strings.HasPrefix(r.UserAgent(), "Mozilla/") && r.Header["Accept-Language"] != nil
}

// mayAct decides whether an action of the status page may be carried out; nil
// means yes. token is what the form of a POST sent along.
func (e *endpoint) mayAct(r *http.Request, token string) *refusal {
	if why := e.foreign(r); why != nil {
		return why
	}
	switch {
	case r.Method == http.MethodPost && fromBrowser(r):
		if subtle.ConstantTimeCompare([]byte(token), []byte(e.token())) != 1 {
			return &refusal{
				What: "The form has no valid token: it is from before supervisord was started, or not ours.",
				Then: "Open the status page again and use its buttons.",
			}
		}
	case !fromBrowser(r) && looksInteractive(r):
		return &refusal{
			What: "It comes from a browser, and nothing in it shows that our own page asked for it.",
			Then: "Open the status page and use its buttons.",
		}
	}
	return nil
}

// unknownHost is the refusal of a request that was sent to a name that is not
// known to be ours.
func (e *endpoint) unknownHost(r *http.Request) *refusal {
	return &refusal{
		What: "The host " + quoted(r.Host) + " is not known to be this server.",
		Then: "Use an address, localhost or the name of the machine, or add the name to allowed_hosts in section [" +
			e.conf.Section + "].",
	}
}

// foreign tells what shows another site in a request, nil if nothing does.
func (e *endpoint) foreign(r *http.Request) *refusal {
	const open = "Open the status page of this server itself and use its buttons."
	if !e.hosts.ours(r.Host) {
		return e.unknownHost(r)
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return &refusal{What: "Another site asked for it (Sec-Fetch-Site: " + quoted(site) + ").", Then: open}
	}
	for _, name := range []string{"Origin", "Referer"} {
		for _, v := range r.Header[name] {
			if !e.same(r, v) {
				then := open + " Behind a proxy, let it pass on the Host header"
				if e.conf.Network == "tcp" {
					then += ", or add the proxy's name to allowed_hosts in section [" + e.conf.Section + "]"
				}
				return &refusal{
					What: "Another site asked for it (" + name + ": " + quoted(v) + "), while this server was called " +
						quoted(r.Host) + ".",
					Then: then + ".",
				}
			}
		}
	}
	return nil
}

// same reports whether the URL of an Origin or Referer is of this server: of
// the same host and port as the request was sent to, or listed in
// allowed_hosts (a proxy may have replaced the Host).
func (e *endpoint) same(r *http.Request, from string) bool {
	u, err := url.Parse(from)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	// The port that is left out is that of the scheme which the browser saw; a
	// proxy that ends TLS does not tell.
	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}
	ours, ourPort := splitHost(r.Host, "")
	theirs, theirPort := splitHost(u.Host, port)
	if ourPort == "" && (e.conf.Network == "unix" || e.conf.Port != 80) {
		ourPort = theirPort // a proxy passed on the name and left out its port
	}
	if ours == theirs && (ourPort == theirPort || ourPort == "" && theirPort == port) {
		return true
	}
	return e.hosts.listed(theirs)
}

// splitHost splits host:port and returns the host in lower case.
func splitHost(s, defaultPort string) (host, port string) {
	host, port, err := net.SplitHostPort(s)
	if err != nil || port == "" {
		host, port = strings.TrimSuffix(s, ":"), defaultPort
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.TrimSuffix(strings.ToLower(host), "."), port
}

// refuse answers 403 with a page that says why.
func (e *endpoint) refuse(w http.ResponseWriter, r *http.Request, why *refusal) {
	e.log(config.Debug, "refused %s %q: %s", r.Method, r.URL.Path, why.What)
	e.render(w, http.StatusForbidden, "refused", why)
}

// newToken makes the token of the forms of one run of the daemon.
func newToken() string {
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("action of the status page"))
	return hex.EncodeToString(mac.Sum(nil))
}

// quoted shows a header's value, shortened.
func quoted(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "..."
	}
	return `"` + s + `"`
}
