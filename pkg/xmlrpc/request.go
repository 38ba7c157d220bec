package xmlrpc

import (
	"errors"
	"slices"
)

// ErrNoMethod is the error of a call that names no method.
var ErrNoMethod = errors.New("no method name")

// ParseCall reads a request. Its error is ErrNoMethod or a *SyntaxError; both
// mean HTTP 400. A request without params has none.
//
// Nothing is taken from body but copies.
func ParseCall(body []byte) (method string, params []any, err error) {
	scan, err := newScanner(body, false)
	if err != nil {
		return "", nil, err
	}
	p := parser{scan: scan, ended: func(_ int, tag, text []byte, children []any) error {
		switch string(tag) { // at any depth, as in Supervisor; the last one counts
		case "methodName":
			method = string(text)
		case "params":
			params = slices.Clone(children)
		}
		return nil
	}}
	if err := p.parse(); err != nil {
		return "", nil, err
	}
	if method == "" {
		return "", nil, ErrNoMethod
	}
	return method, params, nil
}
