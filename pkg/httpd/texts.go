package httpd

import (
	"sync/atomic"
	"weak"

	"supervisord/pkg/api"
	"supervisord/pkg/xmlrpc"
)

// texts makes the texts of answers. The last listing of all processes is kept
// until the garbage is collected: it is the longest answer, and all who watch
// the processes want the same one.
type texts struct {
	last atomic.Pointer[weak.Pointer[listing]]
}

// listing is a list with its text.
type listing struct {
	infos []api.ProcessInfo
	text  []byte
}

// infoSize is about what a process takes in a text.
const infoSize = 1200

// of returns the text of an answer. It is not to be changed.
func (t *texts) of(result any) ([]byte, error) {
	infos, ok := result.([]api.ProcessInfo)
	if !ok || len(infos) == 0 {
		return xmlrpc.AppendResponse(nil, result)
	}
	if last := t.last.Load(); last != nil {
		// A list does not change, so the same memory holds the same list.
		if l := last.Value(); l != nil && &l.infos[0] == &infos[0] && len(l.infos) == len(infos) {
			return l.text, nil
		}
	}
	text, err := xmlrpc.AppendResponse(make([]byte, 0, infoSize*(len(infos)+1)), infos)
	if err != nil {
		return nil, err
	}
	last := weak.Make(&listing{infos, text})
	t.last.Store(&last)
	return text, nil
}
