package logs

import (
	"bytes"
	"sync/atomic"
)

// maxLine is the longest line that is kept together for syslog.
const maxLine = 64 << 10

// sight is the part of a pump that looks at the bytes.
type sight struct {
	o       *Options
	changes bool // what goes into the file is not what came
	capture *capture
	text    stripper // of ordinary output
	section stripper // of what is captured
	parts   captureSink
	out     []byte // for the file, of the chunk being looked at
	clean   []byte // the part being looked at without escape sequences
	line    []byte // the beginning of a line for syslog
	forget  atomic.Bool
}

// newSight returns nil if nobody wants to see the bytes.
func newSight(o *Options) *sight {
	changes := o.File != nil && (o.StripANSI || o.CaptureMaxBytes > 0)
	if !changes && !o.looks() {
		return nil
	}
	s := &sight{o: o, changes: changes}
	if o.CaptureMaxBytes > 0 {
		s.capture = &capture{max: o.CaptureMaxBytes}
		s.parts = captureSink{
			text:    s.ordinary,
			section: s.captured,
			begin:   func() { s.section = stripper{} },
			done: func(section []byte) {
				if o.Captured != nil {
					o.Captured(section)
				}
			},
		}
	}
	return s
}

// look shows a chunk to everybody concerned and returns what goes into the file,
// which is valid until the next call.
func (s *sight) look(chunk []byte) []byte {
	s.out = s.out[:0]
	if s.o.Protocol != nil {
		s.o.Protocol(chunk)
	}
	if s.capture == nil {
		s.ordinary(chunk)
	} else {
		if s.forget.Swap(false) {
			s.capture.clear()
		}
		s.capture.write(chunk, &s.parts)
	}
	if !s.changes {
		return chunk
	}
	return s.out
}

// ordinary takes a part that is not captured.
func (s *sight) ordinary(part []byte) {
	if s.o.StripANSI {
		s.clean = s.text.strip(s.clean[:0], part)
		part = s.clean
	}
	s.plain(part)
}

// plain takes a part as everybody gets it.
func (s *sight) plain(part []byte) {
	if len(part) == 0 {
		return
	}
	if s.changes {
		s.out = append(s.out, part...)
	}
	if s.o.Syslog != nil {
		s.lines(part)
	}
	if s.o.Data != nil {
		s.o.Data(part)
	}
}

// captured takes a part of a section and returns what is to be kept of it.
func (s *sight) captured(part []byte) []byte {
	if s.o.StripANSI {
		s.clean = s.section.strip(s.clean[:0], part)
		part = s.clean
	}
	if s.o.Data != nil && len(part) > 0 {
		s.o.Data(part)
	}
	return part
}

// lines cuts a part into lines for syslog. One without an end waits for it, until
// the pipe falls quiet.
func (s *sight) lines(part []byte) {
	for {
		line, rest, found := bytes.Cut(part, []byte{'\n'})
		if !found {
			break
		}
		if len(s.line) > 0 {
			line = append(s.line, line...)
			s.line = s.line[:0]
		}
		s.o.Syslog(line)
		part = rest
	}
	s.line = append(s.line, part...)
	if len(s.line) >= maxLine {
		s.quiet()
	}
}

// quiet is called when nothing more is in the pipe: the beginning of a line does
// not wait any longer.
func (s *sight) quiet() {
	if len(s.line) > 0 {
		s.o.Syslog(s.line)
		s.line = s.line[:0]
	}
}

// flush lets go of everything that is held back and returns what of it goes into
// the file.
func (s *sight) flush() []byte {
	s.out = s.out[:0]
	if s.capture != nil {
		s.capture.flush(&s.parts)
	}
	if s.o.StripANSI {
		s.clean = s.text.flush(s.clean[:0])
		s.plain(s.clean)
	}
	if s.o.Syslog != nil {
		s.quiet()
	}
	return s.out
}
