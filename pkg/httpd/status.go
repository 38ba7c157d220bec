package httpd

import "net/http"

type pages struct{}

func parsePages() *pages { return nil }

func (t *site) serveStatus(w http.ResponseWriter, r *http.Request)   { sendError(w, 404) }
func (t *site) serveTailPage(w http.ResponseWriter, r *http.Request) { sendError(w, 404) }
func (t *site) serveStatic(w http.ResponseWriter, r *http.Request)   { sendError(w, 404) }

// serveOK is for those who want to know that we are there.
func (t *site) serveOK(w http.ResponseWriter, _ *http.Request) {
	send(w, http.StatusOK, "text/plain", []byte("OK"))
}

func (t *site) sendForeign(w http.ResponseWriter, why string) { sendError(w, 403) }
