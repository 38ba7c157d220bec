package logs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"supervisord/pkg/config"
)

// fileKind is what sort of thing a File writes to.
type fileKind uint8

const (
	kindRegular fileKind = iota // has a size, can be rotated
	kindPipe                    // a pipe or FIFO
	kindDevice                  // a terminal, a socket or another device
	kindNull                    // /dev/null
)

const (
	// opsPatience is how long Reopen and Clear wait for a sink that stalls.
	opsPatience = time.Second
	// stallTick is how often a writer that waits for a full pipe looks whether
	// it is still wanted.
	stallTick = 250 * time.Millisecond
)

// Why a write was given up.
var (
	errClosed    = errors.New("the pump was closed")
	errStepAside = errors.New("somebody else needs the file; to be tried again")
)

// File is one log file, whoever shares it. It is appended to by one writer at a
// time, each of which waits for the one before; that is why a sink that stalls
// stops those who share it and nobody else.
type File struct {
	path      string
	inherited int // our own descriptor that path means, or -1
	report    func(config.Level, string)

	maxBytes atomic.Int64
	backups  atomic.Int32
	dropped  atomic.Int64

	// For the store.
	store   *Store
	key     string
	users   int           // guarded by store.mu
	opened  chan struct{} // closed once the first opening has succeeded or failed
	openErr error         // set before

	wanted atomic.Int32  // operations waiting for the lock: a stalled writer makes way
	lock   chan struct{} // full while somebody is at what follows

	fd      int // -1: none
	kind    fileKind
	closed  bool
	shared  bool   // others write to it as well: each write goes to the end, wherever that is
	copies  bool   // splice is refused: bytes are copied
	mode    uint32 // permission bits, for the next file of this name; 0: not yet known
	off     int64  // where the next byte goes, and the size as we left it
	trouble trouble

	rotateAfter time.Time     // a failed rotation is not tried again before
	freeing     chan struct{} // full while the contents of a deleted backup go
}

func newFile(path string, report func(config.Level, string)) *File {
	f := &File{path: path, inherited: -1, report: report, fd: -1,
		opened: make(chan struct{}), lock: make(chan struct{}, 1), freeing: make(chan struct{}, 1)}
	if fd, ok := inheritedFD(path); ok {
		f.inherited = fd
	}
	return f
}

// Path is the name under which the file was opened.
func (f *File) Path() string { return f.path }

// Dropped is how many bytes could not be written since the file was opened.
func (f *File) Dropped() int64 { return f.dropped.Load() }

// limit sets the size at which the file is rotated and how many old ones stay.
func (f *File) limit(maxBytes int64, backups int) {
	f.maxBytes.Store(maxBytes)
	f.backups.Store(int32(min(max(backups, 0), 1<<30)))
}

// Close gives up one share in the file. The last one closes it, at once or, if
// a write hangs, when that returns.
func (f *File) Close() error {
	if f.store != nil && !f.store.leave(f) {
		return nil
	}
	if !f.tryAcquire() {
		f.wanted.Add(1)
		go func() {
			f.lock <- struct{}{}
			f.wanted.Add(-1)
			f.shut()
			f.release()
		}()
		return nil
	}
	err := f.shut()
	f.release()
	return err
}

// shut closes the file for good. The caller holds the lock.
func (f *File) shut() error {
	if f.closed {
		return nil
	}
	f.confess()
	f.closed = true
	return f.closeFD()
}

// Reopen closes the file and opens it by its name, creating it if it is missing:
// for a log that someone else has renamed. Descriptors we inherited stay as they
// are. If the sink stalls Reopen returns an error after a second, and the file
// is opened anew as soon as it no longer does.
func (f *File) Reopen() error {
	return f.operate("reopen", func() error { return f.open(true) })
}

// Clear deletes the file and opens a new one. Backups stay. What is no regular
// file is left alone. As for a sink that stalls see [File.Reopen].
func (f *File) Clear() error {
	return f.operate("clear", f.clear)
}

func (f *File) clear() error {
	if f.kind != kindRegular {
		return nil
	}
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return f.recreate()
}

// operate runs op with the file locked, elsewhere, and waits for it with patience.
func (f *File) operate(what string, op func() error) error {
	if f.inherited >= 0 {
		return nil
	}
	done := make(chan error, 1)
	f.wanted.Add(1)
	go func() {
		f.lock <- struct{}{}
		f.wanted.Add(-1)
		var err error
		if !f.closed {
			err = op()
		}
		f.release()
		done <- err
	}()
	patience := time.NewTimer(opsPatience)
	defer patience.Stop()
	select {
	case err := <-done:
		return err
	case <-patience.C:
		return fmt.Errorf("cannot %s '%s' yet: a write to it has not returned", what, f.path)
	}
}

// renew creates the file again if it was deleted; for a file that gets one more
// user. A file that is being written to does that by itself.
func (f *File) renew() error {
	if !f.tryAcquire() {
		return nil
	}
	defer f.release()
	return f.settle()
}

// acquire waits for the file; it returns false if quit is closed before.
func (f *File) acquire(quit <-chan struct{}) bool {
	if f.tryAcquire() {
		return true
	}
	select {
	case f.lock <- struct{}{}:
		return true
	case <-quit:
		return false
	}
}

func (f *File) tryAcquire() bool {
	select {
	case f.lock <- struct{}{}:
		return true
	default:
		return false
	}
}

func (f *File) release() { <-f.lock }

// open opens the file by its name, or again. If that fails, an old descriptor is
// gone all the same and writes will try to open it again. The caller holds the
// lock, or is alone.
func (f *File) open(again bool) error {
	fd, appends, err := f.openFD()
	if again {
		f.closeFD() // not before: what waits in a FIFO goes with the last descriptor
	}
	if err != nil {
		return &fs.PathError{Op: "open", Path: f.path, Err: err}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		unix.Close(fd)
		return &fs.PathError{Op: "stat", Path: f.path, Err: err}
	}
	f.fd, f.kind = fd, kindOf(&st)
	f.shared, f.off = appends, st.Size
	// On a descriptor that others use too, write(2) keeps the common position
	// right and splice(2) does not.
	f.copies = appends || f.kind == kindDevice || f.kind == kindRegular && f.inherited >= 0
	if f.kind == kindRegular {
		f.mode = uint32(st.Mode) & 0o777
	}
	return nil
}

// openFD opens the path for writing at the end. Read permission is wanted too: to
// see whether the file ends with a whole line, and because a FIFO so opened needs
// no reader. appends says that the system insists on writing at the end, as on a
// file with the append-only attribute.
func (f *File) openFD() (fd int, appends bool, err error) {
	if f.inherited >= 0 {
		fd, err = unix.FcntlInt(uintptr(f.inherited), unix.F_DUPFD_CLOEXEC, 3)
		return fd, false, err
	}
	const flags = unix.O_CREAT | unix.O_CLOEXEC | unix.O_NOCTTY | unix.O_NONBLOCK
	fd, err = openRetry(f.path, flags|unix.O_RDWR)
	if err == unix.EACCES {
		fd, err = openRetry(f.path, flags|unix.O_WRONLY)
	}
	if err == unix.EPERM {
		fd, err = openRetry(f.path, flags|unix.O_WRONLY|unix.O_APPEND)
		appends = true
	}
	return fd, appends, err
}

func openRetry(path string, flags int) (int, error) {
	for {
		fd, err := unix.Open(path, flags, 0o666)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

func kindOf(st *unix.Stat_t) fileKind {
	switch uint32(st.Mode) & unix.S_IFMT {
	case unix.S_IFREG:
		return kindRegular
	case unix.S_IFIFO:
		return kindPipe
	}
	var null unix.Stat_t
	if unix.Stat("/dev/null", &null) == nil && null.Rdev == st.Rdev &&
		uint32(st.Mode)&unix.S_IFMT == unix.S_IFCHR {
		return kindNull
	}
	return kindDevice
}

func (f *File) closeFD() error {
	if f.fd < 0 {
		return nil
	}
	err := unix.Close(f.fd)
	f.fd = -1
	return err
}

// recreate opens the file after its name went away, with the permissions that
// the old one had, so that a private log stays private.
func (f *File) recreate() error {
	mode := f.mode
	if err := f.open(true); err != nil {
		return err
	}
	if mode != 0 && f.mode != mode && f.off == 0 && f.kind == kindRegular {
		if unix.Fchmod(f.fd, mode) == nil {
			f.mode = mode
		}
	}
	return nil
}

// settle looks at what others did to the file since our last write: deleted
// (created again), truncated or appended to (go to its end). The caller holds
// the lock.
func (f *File) settle() error {
	if f.fd < 0 {
		return f.open(true)
	}
	if !f.ours() {
		return nil
	}
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return err
	}
	if st.Nlink == 0 {
		return f.recreate()
	}
	if st.Size > f.off && !f.shared {
		// Somebody else appends. Keeping to an offset of our own, we would write
		// over each other sooner or later: from now on the system finds the end.
		if flags, err := unix.FcntlInt(uintptr(f.fd), unix.F_GETFL, 0); err == nil {
			if _, err = unix.FcntlInt(uintptr(f.fd), unix.F_SETFL, flags|unix.O_APPEND); err == nil {
				f.shared, f.copies = true, true
			}
		}
	}
	f.off = st.Size
	return nil
}

// ours says that the file is a regular one which we opened: only then are its
// offset, its size and its name our business.
func (f *File) ours() bool { return f.kind == kindRegular && f.inherited < 0 }
