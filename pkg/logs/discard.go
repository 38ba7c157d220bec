package logs

import (
	"os"

	"golang.org/x/sys/unix"
)

// dropOldest deletes the oldest backup if another file is about to take its name.
// To rename over it would take long in the way of the output: ext4, for one, first
// begins to write the renamed file to the disk, and then frees the old one. So the
// name goes now and the contents elsewhere. A kill in between leaves a gap where
// the oldest backup was.
func (f *File) dropOldest(backups int) error {
	oldest := f.backup(backups)
	if _, err := os.Lstat(f.backup(backups - 1)); err != nil {
		return nil // the renaming says what is wrong
	}
	held := hold(oldest)
	err := untilDone(func() error { return unix.Unlink(oldest) })
	f.discard(held)
	if err == unix.ENOENT {
		return nil
	}
	return err
}

// discard closes, elsewhere, a descriptor with which the contents of a file go;
// -1 is none. Only one is under way at a time: when files fill faster than they
// can be freed, their writers wait, and the disk does not fill with what is dead.
func (f *File) discard(fd int) {
	if fd < 0 {
		return
	}
	f.freeing <- struct{}{}
	go func() {
		unix.Close(fd)
		<-f.freeing
	}()
}

// freed waits, after a write that found the disk full, for a backup of which the
// contents are still being freed. It says whether there was one: then the write
// is to be tried again.
func (f *File) freed(err error) bool {
	if !fullDisk(err) || len(f.freeing) == 0 {
		return false
	}
	f.freeing <- struct{}{}
	<-f.freeing
	return true
}
