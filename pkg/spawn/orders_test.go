package spawn

import (
	"errors"
	"reflect"
	"testing"
)

// orders has one Spec for each shape of orders.
func orders() []*Spec {
	return []*Spec{
		{File: "/bin/true", Argv: []string{"true"}, Umask: -1},
		{File: "x y", Argv: []string{"", "\xff\x00", "é"}, Env: []string{"A=", "B=\n"}, Dir: "/", Umask: 0o777},
		{File: "f", Argv: []string{"f"}, User: &Credential{UID: 1, GID: 2, Groups: []int{2, 3, 1 << 30}}},
		{File: "f", Argv: []string{"f"}, User: &Credential{UID: 1, Refused: "Can't find uid 1"}},
	}
}

// Orders come back whole, and are refused when cut short or followed by more.
func TestOrders(t *testing.T) {
	for _, want := range orders() {
		b := encode(want)
		if got, err := decode(b); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v came back as %+v, %v", want, got, err)
		}
		for n := range b {
			if _, err := decode(b[:n]); !errors.Is(err, errOrders) {
				t.Errorf("%+v cut at byte %d of %d: %v", want, n, len(b), err)
			}
		}
		if _, err := decode(append(b, 0)); !errors.Is(err, errOrders) {
			t.Errorf("%+v with a byte too many: %v", want, err)
		}
	}
}

func FuzzOrders(f *testing.F) {
	for _, s := range orders() {
		f.Add(encode(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decode(b)
		if err != nil {
			return
		}
		again, err := decode(encode(s))
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("%+v came back as %+v, %v", s, again, err)
		}
	})
}
