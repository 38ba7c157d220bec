//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// A writing is a way to fill logs.
type writing struct {
	name    string
	writers int
	chunk   int   // bytes of one write
	max     int64 // at which size a log is rotated; 0: never
	share   int64 // of the bytes of the settings: 1/share
}

var writings = []writing{
	{"log: one writer, rotation 50 MB x 10", 1, 65536, 50 << 20, 1},
	{"log: one writer, no rotation", 1, 65536, 0, 1},
	{"log: 100 writers, rotation 2 MB x 10", 100, 65536, 2 << 20, 1},
	{"log: 100 writers, no rotation", 100, 65536, 0, 1},
	{"log: a write a line, rotation 50 MB x 10", 1, lineSize, 50 << 20, 4},
	{"log: a write a line, no rotation", 1, lineSize, 0, 4},
}

// The three rows of a writing.
func rate(writing string) string    { return writing + ": throughput" }
func logCPU(writing string) string  { return writing + ": CPU" }
func damaged(writing string) string { return writing + ": lines lost, torn, repeated, cut" }

func (b *bench) logScenarios() []scenario {
	var all []scenario
	for _, w := range writings {
		does := rotates
		if w.max == 0 {
			does = appends
		}
		all = append(all, scenario{
			name: w.name, rows: []string{rate(w.name), logCPU(w.name), damaged(w.name)}, does: does,
			// The limit wakes for each line, which is not the least that a line can cost.
			may: func(p *peer) bool { return p.name != limit || w.chunk > lineSize },
			run: func(ctx context.Context, p *peer) error { return b.write(ctx, p, w) },
		})
	}
	return all
}

// writing are programs that fill a log each with size bytes.
func (l *life) writing(w writing, size int64) plan {
	var all []program
	for i := range w.writers {
		all = append(all, program{
			args: []string{l.child, "write", l.stamps.path, strconv.Itoa(i), strconv.FormatInt(size, 10), strconv.Itoa(w.chunk)},
			log:  l.log(i), max: w.max,
		})
	}
	return plan{programs: all}
}

// log is the path of a program's log.
func (l *life) log(i int) string { return filepath.Join(l.dir, programName(i)+".log") }

// write is a life with programs that fill logs. It measures from the moment at
// which all of them may begin until all bytes are in the files, and reads them
// back.
func (b *bench) write(ctx context.Context, p *peer, w writing) (err error) {
	size := b.bytes / w.share / p.slower / int64(w.writers) / lineSize * lineSize
	l, err := b.live(p, w.writers, func(l *life) (plan, error) { return l.writing(w, size), nil })
	if err != nil {
		return err
	}
	defer ending(l, &err)
	if err := l.begun(ctx); err != nil {
		return err
	}
	before, err := l.cpu()
	if err != nil {
		return err
	}
	began := monotonic()
	if err := l.stamps.open(); err != nil {
		return err
	}
	done, err := l.written(ctx, size)
	if err != nil {
		return err
	}
	after, err := l.cpu()
	if err != nil {
		return err
	}
	total := float64(size) * float64(w.writers)
	b.table.addRate(p, rate(w.name), "MB/s", total/1e6/time.Duration(done-began).Seconds())
	b.table.add(p, logCPU(w.name), "s/GB", (after-before).Seconds()/(total/1e9))
	return b.verify(l, w, size)
}

// verify reads all logs back.
func (b *bench) verify(l *life, w writing, size int64) error {
	var all damage
	for i := range w.writers {
		found, err := verify(l.peer.logs(l.log(i)), size, w.max)
		if err != nil {
			return err
		}
		all.add(found)
	}
	b.table.add(l.peer, damaged(w.name), "", float64(all.sum()))
	if all.sum() > 0 {
		b.table.note("%s: %s: of %s lines %v", l.peer.name, w.name, number(int(size/lineSize)*w.writers), all)
	}
	return nil
}

// written waits until the writers have written and all is in the files, and
// returns when that was. Where bytes have got lost it is when the files have
// last grown.
func (l *life) written(ctx context.Context, size int64) (int64, error) {
	n := 0
	err := l.alive(ctx, "end of the writing", func() bool {
		for n < l.stamps.n && l.stamps.at(n).ended != 0 {
			n++
		}
		return n == l.stamps.n
	})
	if err != nil {
		return 0, err
	}
	const calm = int64(3 * time.Second)
	last, grown := int64(-1), int64(0)
	err = l.alive(ctx, "end of the logs", func() bool {
		now, have := monotonic(), int64(0)
		for i := range l.stamps.n {
			have += logSize(l.peer.logs(l.log(i)))
		}
		if have != last {
			last, grown = have, now
		}
		return have >= size*int64(l.stamps.n) || now-grown > calm
	})
	return grown, err
}

// logSize is the size of a log with its old files.
func logSize(paths []string) int64 {
	var size int64
	for _, name := range paths {
		if info, err := os.Stat(name); err == nil {
			size += info.Size()
		}
	}
	return size
}

// room says what is needed on the disk.
func (b *bench) room() int64 { return 2*b.bytes + 200<<20 }

// enoughRoom looks whether the folder has it.
func (b *bench) enoughRoom() error {
	free, inMemory, err := filesystem(b.dir)
	if err != nil {
		return err
	}
	if free < b.room() {
		return fmt.Errorf("%s has %d MB free, %d are needed\nhint: -dir names a folder elsewhere, -mb smaller logs",
			filepath.Dir(b.dir), free/1e6, b.room()/1e6)
	}
	if inMemory {
		b.table.note("%s is in memory (tmpfs): the logs of these figures were not on a disk; -dir names a folder elsewhere", filepath.Dir(b.dir))
	}
	return nil
}
