package supervisor

// The rule of the operator's stop: what was stopped by hand is not started by
// reload or update, not even when its section changed, until it is started by
// hand. (Supervisor starts it; restart_stopped_on_reload=true restores that.)
//
// The difficulty is that supervisorctl update stops a changed group by the same
// call that `stop group:*` makes. What tells them apart is the reread that
// update begins with: a stop by hand came to rest before it, the stop that is a
// part of the update after it. So a mark remembers how many rereads there had
// been when its process came to rest, and removing a group forgets the marks
// that are as young as the last reread. (This also forgets a stop that is
// followed by a removal by hand: adding the group again then starts it, as the
// operator who types it expects.)

// Kept is what outlives the processes of a configuration: a group that is
// removed and added again, and a restart of supervisord by reload. The keys are
// "group:process".
type Kept struct {
	// Held are the processes that were stopped by hand, with the number of
	// rereads that there had been.
	Held map[string]int
	// Leftover is the process group of the last child, if something of it was
	// alive when the child ended in a way that was not expected.
	Leftover map[string]int
	// NextSerial is the serial number of the next event.
	NextSerial int64
}

func (p *proc) key() string { return p.config.Group + ":" + p.config.Name }

// hold marks p as stopped by hand.
func (s *Supervisor) hold(p *proc) { s.kept.Held[p.key()] = s.rereads }

// rest notes that p, if it is marked, has come to rest now.
func (s *Supervisor) rest(p *proc) {
	if _, ok := s.kept.Held[p.key()]; ok {
		s.kept.Held[p.key()] = s.rereads
	}
}

// release forgets that p was stopped by hand.
func (s *Supervisor) release(p *proc) { delete(s.kept.Held, p.key()) }

// heldBack reports whether p is not to be started by itself.
func (s *Supervisor) heldBack(p *proc) bool {
	_, ok := s.kept.Held[p.key()]
	return ok && !s.config.Supervisord.RestartStoppedOnReload
}

// forget drops the marks of a group that is removed, as far as they are young
// or the group is gone from the configuration.
func (s *Supervisor) forget(g *group) {
	gone := s.available(g.config.Name) == nil
	for _, p := range g.procs {
		if at, ok := s.kept.Held[p.key()]; ok && (gone || at == s.rereads) {
			s.release(p)
		}
	}
}
