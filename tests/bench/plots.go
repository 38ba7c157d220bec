//go:build linux

package main

import "strings"

// plots are the pictures of a run: those for which there is something to show.
func (t *table) plots(m machine, peers []string) []plot {
	about := m.Time[:10] + ": " + m.CPU + ", Linux " + m.Kernel
	all := []plot{
		{file: "boot.svg", title: "Boot: until all programs are exec'ed", unit: "ms", lines: t.lines(rowAll, peers)},
		{file: "memory.svg", title: "Private memory of the supervisor, at rest", unit: "MiB", lines: t.lines(rowPrivate, peers)},
		{
			file: "listing.svg", title: "getAllProcessInfo over the unix socket, median", unit: "ms",
			lines: t.lines(func(n int) string { return median(rowListing("unix", n)) }, peers),
		},
		{file: "logs.svg", title: "Throughput of logs", unit: "MB/s", bars: t.throughput(peers)},
	}
	var shown []plot
	for _, p := range all {
		if len(p.lines)+len(p.bars) > 0 {
			p.subtitle = about
			shown = append(shown, p)
		}
	}
	return shown
}

// lines are the figures of a measure against the number of programs.
func (t *table) lines(measure func(n int) string, peers []string) []series {
	var all []series
	for _, peer := range peers {
		s := series{peer: peer}
		xs, ys := t.against(measure, peer, 1)
		for i := range xs {
			if ys[i] > 0 {
				s.xs, s.ys = append(s.xs, xs[i]), append(s.ys, ys[i])
			}
		}
		if len(s.xs) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// throughput are the bars of all writings.
func (t *table) throughput(peers []string) []barGroup {
	var all []barGroup
	for _, w := range writings {
		group := barGroup{title: strings.TrimPrefix(w.name, "log: ")}
		for _, peer := range peers {
			if v, ok := t.value(rate(w.name), peer); ok {
				group.bars = append(group.bars, bar{peer, v})
			}
		}
		if len(group.bars) > 0 {
			all = append(all, group)
		}
	}
	return all
}
