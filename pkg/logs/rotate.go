package logs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"supervisord/pkg/config"
)

// longLine is how far beyond its limit a file may grow in search of the end of a
// line; then the line is cut.
const longLine = 128 << 10

// room is how many bytes may be written without a look at them: the limit cannot
// be reached before the byte after that. It is negative for a file without limit,
// and for one that could not be rotated a moment ago.
func (f *File) room() int64 {
	limit := f.maxBytes.Load()
	if limit <= 0 || !f.ours() || !f.rotateAfter.IsZero() && time.Now().Before(f.rotateAfter) {
		return -1
	}
	return max(limit-1-f.off, 0)
}

// cut says how much of b, of which no byte is written yet and whose first skip
// bytes fit in any case, goes into this file, and whether it is full then. A file
// is full with the end of the first line that reaches its limit.
func (f *File) cut(b []byte, skip int64) (n int, full bool) {
	if skip >= int64(len(b)) {
		return len(b), false
	}
	if i := bytes.IndexByte(b[skip:], '\n'); i >= 0 {
		return int(skip) + i + 1, true
	}
	return len(b), f.off+int64(len(b)) >= f.maxBytes.Load()+longLine
}

// rotate makes the file its own newest backup (.1, the one before .2 and so on)
// and starts a new one; without backups it is emptied. A rotation that fails
// leaves the file as it is, to be written on, and is tried again later. The
// caller holds the lock.
func (f *File) rotate() {
	f.rotateAfter = time.Time{}
	var err error
	if n := int(f.backups.Load()); n > 0 {
		if err = f.shuffle(n); err == nil {
			if err = f.recreate(); err != nil {
				f.fail(err)
				return
			}
		}
	} else if err = unix.Ftruncate(f.fd, 0); err == nil {
		f.off = 0
	}
	if err != nil {
		f.rotateAfter = time.Now().Add(time.Minute)
		f.tell(config.Warn, fmt.Sprintf("cannot rotate '%s', it grows on: %v", f.path, bare(err)))
	}
}

// shuffle renames the backups and then the file. Whatever is missing is passed
// over: somebody may have deleted it.
func (f *File) shuffle(backups int) error {
	for _, i := range append(f.numbers(backups-1), 0) {
		if i == backups-1 {
			if err := f.dropOldest(backups); err != nil {
				return err
			}
		}
		// os.Rename would look for a directory of the new name each time.
		err := untilDone(func() error { return unix.Rename(f.backup(i), f.backup(i+1)) })
		if err != nil && err != unix.ENOENT {
			return err
		}
	}
	return nil
}

// untilDone repeats a call of the system that a signal has interrupted.
func untilDone(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

// backup is the name of a backup; number 0 is the file itself.
func (f *File) backup(i int) string {
	if i == 0 {
		return f.path
	}
	return f.path + "." + strconv.Itoa(i)
}

// numbers are the backups up to last that may exist, oldest first.
func (f *File) numbers(last int) []int {
	var numbers []int
	if last <= 100 {
		for i := last; i > 0; i-- {
			numbers = append(numbers, i)
		}
		return numbers
	}
	// With thousands of backups allowed it is cheaper to see which there are.
	entries, _ := os.ReadDir(filepath.Dir(f.path))
	for _, entry := range entries {
		suffix, ok := strings.CutPrefix(entry.Name(), filepath.Base(f.path)+".")
		i, err := strconv.Atoi(suffix)
		if ok && err == nil && 0 < i && i <= last && strconv.Itoa(i) == suffix {
			numbers = append(numbers, i)
		}
	}
	slices.Sort(numbers)
	slices.Reverse(numbers)
	return numbers
}

// bare is the error of the system without the operation and the path.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
