package config

import "testing"

// The socket belongs to the section: its processes share it, in whatever groups
// they are. (Supervisor gives members of a group none.)
func TestSocketIsShared(t *testing.T) {
	c := load(t, head+"[group:one]\nprograms=f,p\n[group:two]\nprograms=f\n[program:p]\ncommand=p\n"+
		"[fcgi-program:f]\ncommand=f\nnumprocs=2\nprocess_name=f%(process_num)d\nsocket=unix:///tmp/%(program_name)s.sock\n"+
		"[fcgi-program:other]\ncommand=f\nsocket=unix:///tmp/f.sock\n")
	sockets := map[*Socket]int{}
	for _, g := range c.Groups {
		for _, p := range g.Programs {
			if (p.Socket == nil) != (p.Section == "program:p") {
				t.Errorf("%s has the socket %v", p.Namespec(), p.Socket)
			}
			if p.Socket != nil {
				sockets[p.Socket]++
			}
		}
	}
	if len(sockets) != 2 {
		t.Errorf("%d sockets, want one for each of two sections", len(sockets))
	}
	for s, n := range sockets {
		if s.URL != "unix:///tmp/f.sock" || n != 4 && n != 1 {
			t.Errorf("%s is shared by %d processes", s.URL, n)
		}
	}
}
