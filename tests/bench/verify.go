//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
)

const (
	lineSize = 100 // of a line of child.c
	digits   = 10  // of its number
)

// damage counts what is wrong in a log, in lines.
type damage struct {
	lost     int64
	torn     int64 // not as they were written
	repeated int64 // or out of order
	cut      int64 // whole, but in two files
}

func (d *damage) add(e damage) {
	d.lost += e.lost
	d.torn += e.torn
	d.repeated += e.repeated
	d.cut += e.cut
}

func (d damage) sum() int64 { return d.lost + d.torn + d.repeated + d.cut }

func (d damage) String() string {
	return fmt.Sprintf("%d lost, %d torn, %d repeated, %d cut by a rotation", d.lost, d.torn, d.repeated, d.cut)
}

// A reader of a log knows which line must come next.
type logReader struct {
	damage
	next  int64
	part  []byte // the beginning of a line whose end is in the next file
	first bool   // no line has been seen
	kept  bool   // what is missing before the first line has been rotated away
}

// verify reads the files of a log, the oldest first, and holds that each of the
// lines of size bytes is there, whole, once and in order. Where more was written
// than is kept (files of max bytes; 0: one file without end), lines may be
// missing at the beginning.
func verify(paths []string, size, max int64) (damage, error) {
	r := logReader{first: true, kept: max > 0 && size > backups*max}
	for _, path := range paths {
		err := r.file(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return r.damage, err
		}
	}
	if len(r.part) > 0 {
		r.torn++
	}
	r.lost += size/lineSize - r.next
	return r.damage, nil
}

// file reads one file.
func (r *logReader) file(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<20)
	for {
		line, err := in.ReadSlice('\n')
		if err == nil {
			r.line(line)
			continue
		}
		if errors.Is(err, io.EOF) {
			r.part = append(r.part, line...)
			return nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		r.part = append(r.part[:0], line[:1]...) // a megabyte without an end of line is torn
	}
}

// line takes the next line, or the end of one that began in the last file.
func (r *logReader) line(line []byte) {
	if len(r.part) > 0 {
		line = append(r.part, line...)
		r.part = nil
		r.cut++
	}
	n, ok := lineNumber(line)
	switch {
	case !ok:
		r.torn++
		return
	case n < r.next:
		r.repeated++
		return
	case n > r.next && !(r.first && r.kept):
		r.lost += n - r.next
	}
	r.first, r.next = false, n+1
}

var filling = bytes.Repeat([]byte{'x'}, lineSize-digits-2)

// lineNumber is the number of a line that is whole.
func lineNumber(line []byte) (int64, bool) {
	if len(line) != lineSize || line[digits] != ' ' || !bytes.Equal(line[digits+1:lineSize-1], filling) {
		return 0, false
	}
	n, err := strconv.ParseInt(string(line[:digits]), 10, 64)
	return n, err == nil && n >= 0
}
