package events

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/python"
)

// Process is what a listener needs of its process.
type Process interface {
	// Running reports whether it is in the state RUNNING.
	Running() bool
	// ReadsText reports whether it takes what it reads for characters, not
	// for bytes. Asked once it has spoken.
	ReadsText() bool
	// Write gives it something to read. It does not block; an error says that
	// it will not get it.
	Write(text string) error
}

const (
	ready = "READY\n"
	// resultWord is what a line about a result begins with; Supervisor only
	// skips as many bytes.
	resultWord = "RESULT "
	// maxResultLine and maxResult bound what is kept of an answer. (Supervisor
	// keeps any amount.)
	maxResultLine = 4 << 10
	maxResult     = 16 << 20
)

// Listener is one process of a pool, as far as the protocol goes.
type Listener struct {
	pool    *Pool
	name    string
	process Process

	life   int // how often the process was started
	state  api.ListenerState
	has    *parcel // the event it is busy with
	heard  []byte  // what of its output has not been understood yet
	wanted int     // the length of the result; -1: not told yet
	text   bool    // it counts characters
}

// Join adds a process to the pool, after those that are there. name is for the
// log.
func (p *Pool) Join(name string, process Process) *Listener {
	l := &Listener{pool: p, name: name, process: process, state: api.ListenerAcknowledged, wanted: -1}
	p.listeners = append(p.listeners, l)
	return l
}

// Start tells that the process is started anew. The number is for Hear.
func (l *Listener) Start() (life int) {
	l.End()
	l.life++
	l.state, l.heard, l.wanted = api.ListenerAcknowledged, nil, -1
	return l.life
}

// End tells that the process has ended. The event that it had is for others.
func (l *Listener) End() {
	if l.has != nil {
		it := *l.has
		l.has = nil
		l.pool.giveBack(it)
	}
}

// Hear takes output of the process. What a descendant of an earlier one writes,
// life tells, is not listened to.
func (l *Listener) Hear(life int, data []byte) {
	if life != l.life || l.state == api.ListenerUnknown {
		return
	}
	l.heard = append(l.heard, data...)
	for l.understand() {
	}
	if len(l.heard) == 0 {
		l.heard = nil // gives the memory of a long result back
	}
}

// understand takes the next word of what was heard. false: there is none yet.
func (l *Listener) understand() bool {
	switch l.state {
	case api.ListenerAcknowledged:
		return l.awaitReady()
	case api.ListenerReady:
		if len(l.heard) > 0 {
			l.to(api.ListenerUnknown) // it speaks without having been asked
		}
	case api.ListenerBusy:
		if l.wanted < 0 {
			return l.awaitLength()
		}
		return l.awaitResult()
	}
	return false
}

func (l *Listener) awaitReady() bool {
	switch {
	case len(l.heard) < len(ready):
		return false
	case !bytes.HasPrefix(l.heard, []byte(ready)):
		l.to(api.ListenerUnknown)
		return false
	}
	l.heard = l.heard[len(ready):]
	l.text = l.process.ReadsText()
	l.to(api.ListenerReady)
	return true
}

// awaitLength reads the line that tells the length of the result.
func (l *Listener) awaitLength() bool {
	line, rest, found := bytes.Cut(l.heard, []byte("\n"))
	if !found && len(l.heard) <= maxResultLine {
		return false
	}
	n, err := resultLength(line)
	if !found || err != nil {
		l.pool.o.Log(config.Warn, "%s: bad result line: '%s'", l.name, python.Decode(line[:min(len(line), maxResultLine)]))
		l.to(api.ListenerUnknown)
		l.End()
		return false
	}
	l.heard, l.wanted = rest, n
	return true
}

// resultLength is the number in a line such as "RESULT 2". Of the word only its
// length counts.
func resultLength(line []byte) (int, error) {
	number := strings.TrimSpace(string(line[min(len(resultWord), len(line)):]))
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > maxResult {
		return 0, fmt.Errorf("a result of %d bytes is not possible", n)
	}
	return n, nil
}

func (l *Listener) awaitResult() bool {
	if len(l.heard) < l.wanted {
		return false
	}
	result := l.heard[:l.wanted]
	l.heard, l.wanted = l.heard[l.wanted:], -1
	switch err := l.pool.o.Judge(l.has.Event, result); err {
	case nil:
		l.pool.o.Log(config.Debug, "%s: event was processed", l.name)
		l.to(api.ListenerAcknowledged)
		l.has = nil
	case ErrRejected:
		l.pool.o.Log(config.Warn, "%s: event was rejected", l.name)
		l.to(api.ListenerAcknowledged)
	default:
		l.pool.o.Log(config.Warn, "%s: event caused an error", l.name)
		l.pool.o.Log(config.Debug, "%s: %v", l.name, err)
		l.to(api.ListenerUnknown)
	}
	l.End()
	return true
}

// to enters a state.
func (l *Listener) to(next api.ListenerState) {
	l.pool.o.Log(config.Debug, "%s: %s -> %s", l.name, l.state, next)
	l.state = next
	if next == api.ListenerUnknown {
		l.heard = nil
		l.pool.o.Log(config.Warn, "%s: has entered the UNKNOWN state and will no longer receive events, "+
			"this usually indicates the process violated the eventlistener protocol", l.name)
	}
}
