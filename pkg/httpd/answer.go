package httpd

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// send answers with a whole body.
func send(w http.ResponseWriter, status int, contentType string, body []byte) {
	bound(w, writePatience)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}

// sendError answers with Supervisor's page for a status that is no success.
func sendError(w http.ResponseWriter, status int) {
	send(w, status, "text/html", fmt.Appendf(nil, "<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n"+
		"<h1>Error response</h1>\r\n<p>Error code %d.\r\n<p>Message: %s.\r\n</body>\r\n",
		status, http.StatusText(status)))
}

// bound gives the client so long to take what is written next.
func bound(w http.ResponseWriter, patience time.Duration) {
	// It fails only for a connection that is gone, which writing will tell.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience))
}
