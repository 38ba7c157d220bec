package logs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// watch tells when a followed file may have changed. It watches the file and its
// directory with inotify; where that is refused it has the file looked at again
// after a while. (The number of inotify instances of a user is limited, to 128 as
// a rule.)
type watch struct {
	dir     string
	inotify *os.File       // nil: refused
	blind   bool           // something cannot be watched now
	marks   map[string]int // watch numbers by device and inode
}

func newWatch(path string) *watch {
	w := &watch{dir: filepath.Dir(path), marks: make(map[string]int)}
	if fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK); err == nil {
		w.inotify = os.NewFile(uintptr(fd), "inotify")
	}
	return w
}

func (w *watch) close() {
	if w.inotify != nil {
		w.inotify.Close()
	}
}

// arm watches file and the directory of the log from now on. It is called again
// and again, since the directory may be another one.
func (w *watch) arm(file *os.File) {
	w.blind = w.mark(w.dir, unix.IN_CREATE|unix.IN_MOVED_TO|unix.IN_MOVED_FROM|
		unix.IN_DELETE|unix.IN_DELETE_SELF|unix.IN_MOVE_SELF|unix.IN_ONLYDIR) < 0
	w.add(file)
}

// add watches one more file.
func (w *watch) add(file *os.File) {
	number := w.mark(self(file), unix.IN_MODIFY)
	if number < 0 {
		w.blind = true
		return
	}
	if id := identity(file); id != "" {
		w.marks[id] = number
	}
}

// drop no longer watches a file.
func (w *watch) drop(file *os.File) {
	id := identity(file)
	if number, ok := w.marks[id]; ok {
		delete(w.marks, id)
		w.control(func(fd int) { unix.InotifyRmWatch(fd, uint32(number)) })
	}
}

// mark returns the number of the watch, or -1.
func (w *watch) mark(path string, mask uint32) int {
	number := -1
	w.control(func(fd int) {
		var err error
		if number, err = unix.InotifyAddWatch(fd, path, mask); err != nil {
			number = -1
		}
	})
	return number
}

// control calls do with the descriptor, without making it blocking as Fd would.
func (w *watch) control(do func(fd int)) {
	if w.inotify == nil {
		return
	}
	if raw, err := w.inotify.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { do(int(fd)) })
	}
}

// wait waits until something may have changed, or until ctx ends, which is an
// error.
func (w *watch) wait(ctx context.Context) error {
	if w.inotify == nil {
		return pause(ctx, followPoll)
	}
	deadline := time.Time{}
	if w.blind {
		deadline = time.Now().Add(followPoll)
	}
	w.inotify.SetReadDeadline(deadline)
	stop := context.AfterFunc(ctx, func() { w.inotify.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	var events [16 << 10]byte // what they say is found out by looking
	_, err := w.inotify.Read(events[:])
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	}
	return err
}

// self is a path to an open file, whatever has become of its name.
func self(file *os.File) string {
	return "/proc/self/fd/" + strconv.Itoa(fdOf(file))
}

func fdOf(file *os.File) int {
	number := -1
	if raw, err := file.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { number = int(fd) })
	}
	return number
}

func identity(file *os.File) string {
	var st unix.Stat_t
	if unix.Fstat(fdOf(file), &st) != nil {
		return ""
	}
	return strconv.FormatUint(uint64(st.Dev), 16) + ":" + strconv.FormatUint(st.Ino, 16)
}
