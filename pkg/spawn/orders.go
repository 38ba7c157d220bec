package spawn

import (
	"encoding/binary"
	"errors"
)

// Orders are a Spec on its way to the stage, without the descriptors, which the
// stage has as 0, 1 and 2 already. Writer and reader are the same binary: the
// form needs no version. A number is a varint, a string its length and its
// bytes, a list its length and its elements. At the end stands a mark, so that
// orders cut short are never taken for whole.

// ordersEnd is the mark at the end.
const ordersEnd = 0x51

var errOrders = errors.New("the orders of the stage are damaged")

// encode writes the orders of s.
func encode(s *Spec) []byte {
	var w ordersWriter
	w.string(s.File)
	w.strings(s.Argv)
	w.strings(s.Env)
	w.string(s.Dir)
	w.int(s.Umask)
	if s.User == nil {
		w.int(0)
	} else {
		w.int(1)
		w.int(s.User.UID)
		w.int(s.User.GID)
		w.int(len(s.User.Groups))
		for _, gid := range s.User.Groups {
			w.int(gid)
		}
		w.string(s.User.Refused)
	}
	w.int(ordersEnd)
	return w.b
}

// decode reads what encode wrote.
func decode(orders []byte) (*Spec, error) {
	r := ordersReader{b: orders}
	s := &Spec{
		File:  r.string(),
		Argv:  r.strings(),
		Env:   r.strings(),
		Dir:   r.string(),
		Umask: r.int(),
	}
	if r.int() == 1 {
		s.User = &Credential{UID: r.int(), GID: r.int()}
		for range r.length() {
			s.User.Groups = append(s.User.Groups, r.int())
		}
		s.User.Refused = r.string()
	}
	if r.int() != ordersEnd || r.bad || len(r.b) != 0 || len(s.Argv) == 0 {
		return nil, errOrders
	}
	return s, nil
}

type ordersWriter struct{ b []byte }

func (w *ordersWriter) int(n int) { w.b = binary.AppendVarint(w.b, int64(n)) }

func (w *ordersWriter) string(s string) {
	w.int(len(s))
	w.b = append(w.b, s...)
}

func (w *ordersWriter) strings(list []string) {
	w.int(len(list))
	for _, s := range list {
		w.string(s)
	}
}

// ordersReader reads from the front of b. What cannot be read sets bad and is
// zero.
type ordersReader struct {
	b   []byte
	bad bool
}

func (r *ordersReader) int() int {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

// length reads a length, which cannot be more than the bytes that are left.
func (r *ordersReader) length() int {
	n := r.int()
	if n < 0 || n > len(r.b) {
		r.bad, r.b = true, nil
		return 0
	}
	return n
}

func (r *ordersReader) string() string {
	n := r.length()
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *ordersReader) strings() []string {
	var list []string
	for range r.length() {
		list = append(list, r.string())
	}
	return list
}
