package supervisor

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/process"
)

// view is how all processes stand at one moment. It does not change, so those
// who read need not wait for the loop, nor the loop for them.
//
// A view is made when somebody asks. It holds until the next turn of the loop
// that may change something: the turn takes it away before it begins, thus
// before anybody can learn what the turn has done.
type view struct {
	pictures []picture // by group name, then process name

	listed atomic.Pointer[listing] // the last one
}

// picture is what the loop gives of one process.
type picture struct {
	config *config.Program
	logs   Logs
	m      process.Machine
	child  Child // of the last start; nil before the first
}

func (p *proc) picture() picture { return picture{p.config, p.logs, p.m, p.child} }

// view gives the view of now. It fails when the loop has ended, or with ctx.
func (s *Supervisor) view(ctx context.Context) (*view, error) {
	if v := s.seen.Load(); v != nil {
		return v, nil
	}
	answer := make(chan *view, 1)
	select {
	case s.viewers <- answer:
		return <-answer, nil
	case <-s.ended:
		return nil, api.ShutdownState.Fault()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// show answers one who asks for the view. It runs in the loop.
func (s *Supervisor) show(answer chan<- *view) {
	v := s.seen.Load()
	if v == nil { // else another who asked at the same time has had it made
		v = &view{}
		for _, p := range s.byName() {
			v.pictures = append(v.pictures, p.picture())
		}
		s.seen.Store(v)
	}
	answer <- v
}

// find gives the picture of one process; nil if there is none.
func (v *view) find(group, name string) *picture {
	i, found := slices.BinarySearchFunc(v.pictures, name, func(p picture, name string) int {
		return cmp.Or(cmp.Compare(p.config.Group, group), cmp.Compare(p.config.Name, name))
	})
	if !found {
		return nil
	}
	return &v.pictures[i]
}

// listing is what getAllProcessInfo answers within one second: nothing in it
// is finer than that.
type listing struct {
	second int64
	infos  []api.ProcessInfo
}

// list tells how all processes stand. All callers of one second may get the
// same slice, which they must not change.
func (v *view) list(now time.Time) []api.ProcessInfo {
	if l := v.listed.Load(); l != nil && l.second == now.Unix() {
		return l.infos
	}
	l := &listing{now.Unix(), make([]api.ProcessInfo, len(v.pictures))}
	for i := range v.pictures {
		l.infos[i] = v.pictures[i].info(now)
	}
	v.listed.Store(l)
	return l.infos
}
