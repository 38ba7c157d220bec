package xmlrpc

import (
	"errors"

	"supervisord/pkg/api"
)

// ParseResponse reads an answer. A fault is the error *api.Fault; any other
// error means that the answer cannot be understood.
//
// Control characters, which XML does not allow, are let through: Supervisor
// sends them as they stand in a log.
func ParseResponse(body []byte) (any, error) { return parseAnswer(body, nil) }

// parseAnswer is ParseResponse, but for the structs that list reads; nil reads
// none.
func parseAnswer(body []byte, list *listed) (any, error) {
	scan, err := newScanner(body, true)
	if err != nil {
		return nil, err
	}
	var answers []any
	var fault *api.Fault
	p := parser{scan: scan, list: list, ended: func(depth int, tag, _ []byte, children []any) error {
		switch {
		case depth != 1: // not directly in the root
		case string(tag) == "params":
			answers = append(answers, children...)
		case string(tag) == "fault":
			var ok bool
			if len(children) > 0 {
				fault, ok = asFault(children[0])
			}
			if !ok {
				return scan.errorf("the fault has no code and text")
			}
		}
		return nil
	}}
	if err := p.parse(); err != nil {
		return nil, err
	}
	if fault != nil {
		return nil, fault
	}
	if len(answers) != 1 {
		return nil, errors.New("xml-rpc document: it is no answer")
	}
	return answers[0], nil
}

// asFault returns the fault that the struct v is.
func asFault(v any) (*api.Fault, bool) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, false
	}
	code, okCode := m["faultCode"].(int)
	text, okText := m["faultString"].(string)
	return &api.Fault{Code: api.FaultCode(code), Text: text}, okCode && okText
}
