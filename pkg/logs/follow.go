package logs

import (
	"context"
	"io"
	"os"
	"strconv"
	"time"
)

const (
	// followFirst is how much of the end of the file a follower gets first.
	followFirst = 1024
	// followSize is the most it gets at a time.
	followSize = 64 << 10
	// followPoll is how often a file is looked at that cannot be watched.
	followPoll = 100 * time.Millisecond
	// followBackups bounds the search for a file that has been rotated.
	followBackups = 1000
)

// followTruncated is what a follower is told when its file gets shorter.
const followTruncated = "==> File truncated <==\n"

// Follow reads a log from near its end and on, as it grows, by its name: when the
// file is rotated, cleared or renamed, the old one is read to its end, then any
// that came and went in between, then the new one from its beginning. While there
// is no file of that name the old one is kept. It is for one goroutine.
type Follow struct {
	path  string
	file  *os.File
	off   int64
	watch *watch
}

// NewFollow opens the log at path, which must be there and a regular file. Close
// it.
func NewFollow(path string) (*Follow, error) {
	file, size, err := openForReading(path)
	if err != nil {
		return nil, err
	}
	return &Follow{path: path, file: file, off: max(size-followFirst, 0), watch: newWatch(path)}, nil
}

// Close ends the following.
func (f *Follow) Close() error {
	f.watch.close()
	return f.file.Close()
}

// Next waits for more of the log and returns it. First come the last 1024 bytes,
// if there are any. The error is that of ctx, or of reading.
func (f *Follow) Next(ctx context.Context) ([]byte, error) {
	buf := make([]byte, followSize)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// The order matters: what happens after arm, wait will know of.
		f.watch.arm(f.file)
		data, err := f.read(buf)
		if len(data) > 0 || err != nil {
			return data, err
		}
		if f.advance() {
			continue
		}
		if err := f.watch.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// read returns what has been appended to the file, none if nothing has.
func (f *Follow) read(buf []byte) ([]byte, error) {
	n, err := f.file.ReadAt(buf, f.off)
	f.off += int64(n)
	if n > 0 {
		return buf[:n], nil
	}
	if err != io.EOF {
		return nil, err
	}
	info, err := f.file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < f.off {
		f.off = 0
		return []byte(followTruncated), nil
	}
	return nil, nil
}

// advance goes on to the next file if the name means another one by now and this
// one is read to its end. It returns true if there may be something to read.
func (f *Follow) advance() bool {
	this, err := f.file.Stat()
	if err != nil {
		return false
	}
	next := f.younger(this)
	if next == nil {
		return false
	}
	// Whoever renamed the log may not have told its writer yet: the old file is
	// done with only when something is in a newer one.
	f.watch.add(next)
	info, err := next.Stat()
	if err != nil || info.Size() == 0 {
		next.Close()
		return false
	}
	if this, err = f.file.Stat(); err == nil && this.Size() > f.off {
		next.Close()
		return true // the last of the old one has come meanwhile
	}
	f.watch.drop(f.file)
	f.file.Close()
	f.file, f.off = next, 0
	return true
}

// younger opens the file that came after this one: the one with the next lower
// number if this one has become a backup, otherwise the one that has the name. It
// returns nil if the name still means this file, or nothing, or if a rotation is
// under way just now.
func (f *Follow) younger(this os.FileInfo) *os.File {
	for range 3 {
		named, err := os.Stat(f.path)
		if err != nil || os.SameFile(named, this) {
			return nil
		}
		number := f.number(this)
		if number == 0 {
			continue // moved while we searched, or deleted, or renamed to something else
		}
		next, _, err := openForReading(f.backup(number - 1))
		if err != nil {
			continue
		}
		if f.is(number, this) {
			return next
		}
		next.Close()
	}
	if f.number(this) != 0 {
		return nil // it is found now: the next event tells more
	}
	next, _, err := openForReading(f.path)
	if err != nil {
		return nil
	}
	return next
}

// number is which backup this file has become; 0 if it is none. Gaps are passed
// over: while the backups are renamed there is one.
func (f *Follow) number(this os.FileInfo) int {
	missing := 0
	for i := 1; i <= followBackups && missing < 3; i++ {
		if f.is(i, this) {
			return i
		}
		if _, err := os.Lstat(f.backup(i)); err != nil {
			missing++
		} else {
			missing = 0
		}
	}
	return 0
}

// is says whether the i-th backup is this file.
func (f *Follow) is(i int, this os.FileInfo) bool {
	info, err := os.Stat(f.backup(i))
	return err == nil && os.SameFile(info, this)
}

// backup is the name of the i-th backup; 0 is the log itself.
func (f *Follow) backup(i int) string {
	if i == 0 {
		return f.path
	}
	return f.path + "." + strconv.Itoa(i)
}

// pause waits for a while, or until ctx ends, which is an error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
