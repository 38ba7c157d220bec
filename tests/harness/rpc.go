package harness

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// RPC calls a method with string parameters over the daemon's socket and
// answers the body of the response, as it stands on the wire.
func (d *Daemon) RPC(method string, params ...string) string {
	d.t.Helper()
	var call strings.Builder
	fmt.Fprintf(&call, "<?xml version='1.0'?>\n<methodCall><methodName>%s</methodName><params>", method)
	for _, p := range params {
		p = strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(p)
		fmt.Fprintf(&call, "<param><value><string>%s</string></value></param>", p)
	}
	call.WriteString("</params></methodCall>\n")

	client := &http.Client{Timeout: Limit, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			dialer := net.Dialer{Timeout: 10 * time.Second}
			return dialer.DialContext(ctx, "unix", d.Path("s.sock"))
		},
	}}
	response, err := client.Post("http://localhost/RPC2", "text/xml", strings.NewReader(call.String()))
	if err != nil {
		d.t.Fatalf("%s: %v", method, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		d.t.Fatalf("%s: status %d, %v: %s", method, response.StatusCode, err, body)
	}
	return string(body)
}
