package logs

import "bytes"

// The tokens between which a program writes what is to be sent as an event.
var (
	captureBegin = []byte("<!--XSUPERVISOR:BEGIN-->")
	captureEnd   = []byte("<!--XSUPERVISOR:END-->")
)

// capture takes sections between the two tokens out of a stream. A token may be
// cut anywhere by the border of a chunk: what could be the beginning of one is
// held back until it is known.
type capture struct {
	max      int64 // of captured
	on       bool  // a section is open
	held     []byte
	captured []byte
}

// captureSink is where a capture sends the parts of a stream. Slices are valid
// during the call only.
type captureSink struct {
	text    func(part []byte)        // ordinary output
	section func(part []byte) []byte // of an open section; returns what of it is kept
	done    func(section []byte)     // a section has been closed
	begin   func()                   // a section has been opened
}

// write takes the next chunk of the stream.
func (c *capture) write(chunk []byte, to *captureSink) {
	data := chunk
	if len(c.held) > 0 {
		data = append(c.held, chunk...)
		c.held = nil
	}
	for {
		token := captureBegin
		if c.on {
			token = captureEnd
		}
		before, after, found := bytes.Cut(data, token)
		if !found {
			n := prefixAtEnd(data, token)
			c.pass(data[:len(data)-n], to)
			if n > 0 {
				c.held = append([]byte(nil), data[len(data)-n:]...)
			}
			return
		}
		c.pass(before, to)
		c.on = !c.on
		if c.on {
			to.begin()
		} else {
			section := c.captured
			c.captured = nil
			to.done(section)
		}
		data = after
	}
}

// flush lets go of what was held back: it was no token after all.
func (c *capture) flush(to *captureSink) {
	held := c.held
	c.held = nil
	c.pass(held, to)
}

// clear forgets the section that is open, but not that it is.
func (c *capture) clear() {
	c.captured = nil
}

func (c *capture) pass(part []byte, to *captureSink) {
	if len(part) == 0 {
		return
	}
	if !c.on {
		to.text(part)
		return
	}
	part = to.section(part)
	// The rule of the limit: if a part would go beyond it, as many of the oldest
	// bytes as the part is long make room, whatever that leaves.
	if int64(len(c.captured)+len(part)) > c.max {
		c.captured = c.captured[min(len(part), len(c.captured)):]
	}
	c.captured = append(c.captured, part...)
}

// prefixAtEnd is the length of the longest end of data with which token begins.
func prefixAtEnd(data, token []byte) int {
	for n := min(len(data), len(token)-1); n > 0; n-- {
		if bytes.HasPrefix(token, data[len(data)-n:]) {
			return n
		}
	}
	return 0
}
