package httpd

import (
	"bytes"
	"net/http"
	"strings"
)

// assets are the files that the pages refer to, with Supervisor's names, and
// their types.
var assets = []struct{ path, contentType string }{
	{"stylesheets/supervisor.css", "text/css"},
	{"images/icon.png", "image/png"},
	{"images/rule.gif", "image/gif"},
	{"images/state0.gif", "image/gif"},
	{"images/state1.gif", "image/gif"},
	{"images/state2.gif", "image/gif"},
	{"images/state3.gif", "image/gif"},
	{"images/supervisor.gif", "image/gif"},
}

// typeOf returns the type of an asset, empty if path is none.
func typeOf(path string) string {
	path = strings.TrimLeft(path, "/")
	for _, a := range assets {
		if a.path == path {
			return a.contentType
		}
	}
	return ""
}

// assetURLs are the paths of the assets.
func assetURLs() urls {
	var paths []string
	for _, a := range assets {
		paths = append(paths, "/"+a.path)
	}
	return only(paths...)
}

// asset sends a file that is part of the program. Its age is that of the
// daemon: another version of the program may hold another file.
func (e *endpoint) asset(w http.ResponseWriter, r *http.Request) {
	data, err := ui.ReadFile("ui/" + strings.TrimLeft(r.URL.Path, "/"))
	if err != nil {
		errorPage(w, http.StatusNotFound)
		return
	}
	w.Header()["Content-Type"] = []string{typeOf(r.URL.Path)}
	limitWriting(w, len(data))
	http.ServeContent(w, r, "", e.started, bytes.NewReader(data))
}
