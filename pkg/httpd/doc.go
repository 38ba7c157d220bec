// Package httpd is the HTTP side of the daemon: the listening sockets of
// [inet_http_server] and [unix_http_server], the password check, XML-RPC under
// /RPC2, the log tails and the status page.
//
// # Use
//
//	ls, err := httpd.Listen(cfg.Servers, os.Stderr) // sockets exist, nobody is answered yet
//	srv := httpd.New(options, ls)
//	srv.Serve()      // returns at once
//	srv.Close(ctx)   // in-flight answers get a second, then everything is cut
//
// Listen is apart from New because the order at start matters: the sockets are
// taken before anything of a running instance is touched (its automatic logs,
// its pidfile), so that a second daemon started by mistake harms nothing.
//
// # What a request passes
//
//  1. The gate of its server bounds the connections; when it is full the
//     quietest connection makes room. Each server has a gate of its own, so a
//     flood on TCP leaves the unix socket free.
//  2. A small call that only looks, in the form that most clients send, is
//     answered at once (quick.go). With anything else its connection goes to
//     net/http, for good; what follows is for those requests.
//  3. The password check, on every URL without exception (quick.go makes it too).
//  4. The route table (route.go): the only list of what exists.
//  5. For whatever changes state, the question whose wish it is (origin.go).
//  6. The handler.
//
// Names that come from outside are only ever looked up through
// [supervisord/pkg/api.Supervisor]; none becomes a path of the file system.
//
// # Who may change state
//
// Supervisor carries out whatever a GET asks for, so any page of the web can
// stop programs through the browser of someone who can reach the server. Here:
//
//   - Scripts (no Origin, no Referer, no Sec-Fetch-Site) are served as
//     Supervisor serves them, by GET and POST alike.
//   - A browser's GET is served if its headers show our own page, and refused
//     with an explaining page if one shows another site or none can tell.
//   - A browser's POST also needs the token that our page put into its forms.
//   - The Host of a TCP server must be ours (an address, a name without a dot,
//     this machine's name, a name in its /etc/hosts, the configured host, or
//     one of allowed_hosts): a name that an attacker re-points to this machine
//     is not.
//   - XML-RPC clients are no browsers and may come through any DNS name, so
//     these rules apply to /RPC2 only when a browser's headers are there.
//
// Reading (the status page, tails) is not restricted by Host or Origin: a proxy
// that passes on its own name is common, and nothing tells it from a page on a
// name that was re-pointed here. Who does not want to be read sets a password.
//
// # Differences from Supervisor on the wire
//
// The Server header is "supervisord": no known client looks at "Medusa/1.12".
// Chunked and Expect: 100-continue requests work, an empty body is answered
// (400), credentials without a colon are 401 and not 500, HTTP/1.0 clients of
// a tail get the bytes at once, a tail survives truncation, HEAD works on
// pages, /logtail without a name is 404 and not 500, and there are limits: 64
// KiB of headers, 10 s to send them, 8 MiB of body, a minute to send it. A
// request of HTTP/1.1 must have a Host header (400). A connection that is idle between two requests
// lives on as in Supervisor, whose own client does not reconnect; it is closed
// when others need its place.
//
// When sockets are opened: a file that is not empty and no socket is not
// deleted, whoever accepts a connection counts as alive, an IPv6 literal may be
// given, and all interfaces do not need a host name that resolves.
package httpd
