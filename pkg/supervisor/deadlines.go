package supervisor

import "container/heap"

// deadlines is a heap of the processes that have a deadline, the earliest
// first. A process knows its place, so that a change costs O(log n).
type deadlines []*proc

func (d deadlines) Len() int           { return len(d) }
func (d deadlines) Less(i, j int) bool { return d[i].m.Deadline.Before(d[j].m.Deadline) }
func (d deadlines) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].place, d[j].place = i, j
}

// Push and Pop are heap.Interface's; use update and remove.
func (d *deadlines) Push(x any) {
	p := x.(*proc)
	p.place = len(*d)
	*d = append(*d, p)
}

func (d *deadlines) Pop() any {
	old := *d
	p := old[len(old)-1]
	old[len(old)-1] = nil
	*d = old[:len(old)-1]
	p.place = -1
	return p
}

// update puts p where its deadline belongs, or takes it out if it has none.
func (d *deadlines) update(p *proc) {
	switch {
	case p.m.Deadline.IsZero():
		d.remove(p)
	case p.place < 0:
		heap.Push(d, p)
	default:
		heap.Fix(d, p.place)
	}
}

func (d *deadlines) remove(p *proc) {
	if p.place >= 0 {
		heap.Remove(d, p.place)
	}
}
