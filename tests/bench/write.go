//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	lineSize = 100 // of a line of child.c
	digits   = 10  // of its number
	backups  = 10
)

// A writing is a way to fill a log.
type writing struct {
	name     string
	chunk    int    // bytes of one write
	maxBytes string // as in the configuration
	share    int64  // part of the bytes of the settings: 1/share
}

var writings = []writing{
	{"log, 64 KiB writes, rotation 50MB x 10", 65536, "50MB", 1},
	{"log, 64 KiB writes, no rotation", 65536, "0", 1},
	{"log, a write a line, rotation 50MB x 10", lineSize, "50MB", 4},
	{"log, a write a line, no rotation", lineSize, "0", 4},
}

// write is a life with one program that fills a log. It measures from the
// program's begin until all bytes are in the files, and reads them back.
func (b *bench) write(ctx context.Context, side int, w writing) (err error) {
	total := b.bytes / w.share / lineSize * lineSize
	l, err := b.life(side, func(dir string) string {
		return fmt.Sprintf("[program:writer]\ncommand=%s write %s 0 %d %d\nstartsecs=0\nautorestart=false\n"+
			"stdout_logfile=%s\nstdout_logfile_maxbytes=%s\nstdout_logfile_backups=%d\nstderr_logfile=NONE\n",
			b.child, filepath.Join(dir, "stamps"), total, w.chunk, filepath.Join(dir, "log"), w.maxBytes, backups)
	}, 1)
	if err != nil {
		return err
	}
	defer func() {
		if e := l.close(b.mark); err == nil {
			err = e
		}
	}()
	log := filepath.Join(l.dir, "log")
	var done int64
	err = l.alive(ctx, "end of the log", func() bool {
		done = monotonic()
		return logSize(log) >= total
	})
	if err != nil {
		return fmt.Errorf("%w (%d of %d bytes)", err, logSize(log), total)
	}
	used, err := look(l.cmd.Process.Pid)
	if err != nil {
		return err
	}
	all, err := l.stamps.read()
	if err != nil {
		return err
	}
	if err := verify(log, total); err != nil {
		return fmt.Errorf("%s: %s: %w", l.side.name, w.name, err)
	}
	took := time.Duration(done - all[0].began)
	b.table.addRate(side, w.name, "MB/s", float64(total)/1e6/took.Seconds())
	b.table.add(side, w.name+", CPU of the daemon", "s/GB", used.cpu.Seconds()/(float64(total)/1e9))
	_, err = l.stop(ctx)
	return err
}

// logFiles lists the files of a log from the oldest to the newest.
func logFiles(path string) []string {
	var all []string
	for i := backups; i > 0; i-- {
		all = append(all, path+"."+strconv.Itoa(i))
	}
	return append(all, path)
}

// logSize is the size of a log with its backups.
func logSize(path string) int64 {
	var size int64
	for _, name := range logFiles(path) {
		if info, err := os.Stat(name); err == nil {
			size += info.Size()
		}
	}
	return size
}

// verify reads a log from its oldest byte to its newest and holds that every
// line is there, whole, once and in order. A line may be cut by a rotation.
func verify(path string, total int64) error {
	var parts []io.Reader
	for _, name := range logFiles(path) {
		file, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		defer file.Close()
		parts = append(parts, file)
	}
	in := bufio.NewReaderSize(io.MultiReader(parts...), 1<<20)
	line := make([]byte, lineSize)
	for want := int64(0); ; want++ {
		if _, err := io.ReadFull(in, line); err == io.EOF && want*lineSize == total {
			return nil
		} else if err != nil {
			return fmt.Errorf("line %d of %d: %w", want, total/lineSize, err)
		}
		got, err := strconv.ParseInt(string(line[:digits]), 10, 64)
		if err != nil || got != want || line[lineSize-1] != '\n' {
			return fmt.Errorf("line %d is %q", want, line)
		}
	}
}
