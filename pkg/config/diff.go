package config

import "slices"

// Diff compares the groups that run with those that were read: the names of
// groups that are new and different, in the order of the latter, and gone, in
// the order of the former.
//
// Unlike Supervisor it notices a log that becomes AUTO and a change of an
// fcgi-program's socket_mode, socket_owner and socket_backlog.
func Diff(running, loaded []*Group) (added, changed, removed []string) {
	added, changed, removed = []string{}, []string{}, []string{}
	old := map[string]*Group{}
	for _, g := range running {
		old[g.Name] = g
	}
	for _, g := range loaded {
		was, ok := old[g.Name]
		switch {
		case !ok:
			added = append(added, g.Name)
		case !was.equal(g):
			changed = append(changed, g.Name)
		}
		delete(old, g.Name)
	}
	for _, g := range running {
		if _, gone := old[g.Name]; gone {
			removed = append(removed, g.Name)
		}
	}
	return added, changed, removed
}

func (g *Group) equal(o *Group) bool {
	if g.Kind != o.Kind || g.Priority != o.Priority || len(g.Programs) != len(o.Programs) ||
		!g.Pool.equal(o.Pool) {
		return false
	}
	for i, p := range g.Programs {
		if len(p.Differences(o.Programs[i])) > 0 {
			return false
		}
	}
	return true
}

// equal compares two pools, either of which may be missing. The order of the
// types of event means nothing.
func (p *Pool) equal(o *Pool) bool {
	if p == nil || o == nil {
		return p == o
	}
	return p.BufferSize == o.BufferSize && p.ResultHandler == o.ResultHandler && p.EventLen == o.EventLen &&
		slices.Equal(slices.Sorted(slices.Values(p.Events)), slices.Sorted(slices.Values(o.Events)))
}

// Differences names the options in which two processes differ; "process_name"
// if they have different names.
func (p *Program) Differences(q *Program) []string {
	var names []string
	if p.Name != q.Name {
		names = append(names, "process_name")
	}
	for _, o := range programTable() {
		if !o.Later && !slices.Contains(programWhole, o.Name) && o.print(p) != o.print(q) {
			names = append(names, o.Name)
		}
	}
	return append(names, p.Socket.differences(q.Socket)...)
}
