package logs

import "bytes"

// stripper removes terminal escape sequences from a stream: from ESC [ up to the
// first of the letters HfABCDRsuJKhlpm. A sequence may be cut anywhere by the
// border of a chunk. The zero value is at the beginning of a stream.
type stripper struct {
	state stripState
}

type stripState uint8

const (
	stripText   stripState = iota
	stripEscape            // an ESC was the last byte; it is held back
	stripInside            // between ESC [ and the letter that ends it
)

const escape = 0x1b

// endsEscape says which bytes end an escape sequence.
func endsEscape(b byte) bool {
	switch b {
	case 'H', 'f', 'A', 'B', 'C', 'D', 'R', 's', 'u', 'J', 'K', 'h', 'l', 'p', 'm':
		return true
	}
	return false
}

// strip appends to out what remains of chunk.
func (s *stripper) strip(out, chunk []byte) []byte {
	for i := 0; i < len(chunk); {
		switch s.state {
		case stripText:
			n := bytes.IndexByte(chunk[i:], escape)
			if n < 0 {
				return append(out, chunk[i:]...)
			}
			out = append(out, chunk[i:i+n]...)
			i += n + 1
			s.state = stripEscape
		case stripEscape:
			switch chunk[i] {
			case '[':
				s.state = stripInside
				i++
			case escape: // the first of two is text, the second may begin a sequence
				out = append(out, escape)
				i++
			default:
				out = append(out, escape)
				s.state = stripText
			}
		case stripInside:
			if endsEscape(chunk[i]) {
				s.state = stripText
			}
			i++
		}
	}
	return out
}

// flush appends to out an ESC that was held back and starts a new stream.
func (s *stripper) flush(out []byte) []byte {
	if s.state == stripEscape {
		out = append(out, escape)
	}
	s.state = stripText
	return out
}
