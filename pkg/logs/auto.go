package logs

import (
	"crypto/rand"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
)

// autoLetters are the letters of the random part of an AUTO name.
const autoLetters = "abcdefghijklmnopqrstuvwxyz0123456789_"

// CreateAuto makes the log file of a program whose logfile is AUTO, empty and
// readable by its owner alone: <process>-<channel>---<identifier>-<8 letters>.log
// in dir. channel is "stdout" or "stderr".
func CreateAuto(dir, process, channel, identifier string) (path string, err error) {
	for range 100 {
		name := process + "-" + channel + "---" + identifier + "-" + randomLetters(8) + ".log"
		path = filepath.Join(dir, name)
		// An os.File would try to enrol itself with the runtime's poller.
		fd, err := syscall.Open(path, syscall.O_RDWR|syscall.O_CREAT|syscall.O_EXCL|syscall.O_CLOEXEC, 0o600)
		switch err {
		case nil:
			return path, syscall.Close(fd)
		case syscall.EEXIST, syscall.EINTR:
			continue
		}
		return "", &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return "", &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
}

func randomLetters(n int) string {
	letters := make([]byte, 0, n)
	for len(letters) < n {
		raw := make([]byte, 2*n)
		rand.Read(raw) // never fails
		for _, b := range raw {
			// 252 is the greatest multiple of the 37 letters in a byte; beyond it
			// some letters would be likelier.
			if int(b) < 256/len(autoLetters)*len(autoLetters) && len(letters) < n {
				letters = append(letters, autoLetters[int(b)%len(autoLetters)])
			}
		}
	}
	return string(letters)
}

// CleanAuto deletes the AUTO logs that an earlier supervisord with this
// identifier left in dir, backups included. As in Supervisor a name only has to
// begin like one. failed are the paths that could not be deleted; err says that
// dir could not be read.
func CleanAuto(dir, identifier string) (failed []string, err error) {
	auto, err := regexp.Compile(`^.+?---` + regexp.QuoteMeta(identifier) + `-\S+\.log`)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !auto.MatchString(entry.Name()) {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		// unlink only: os.Remove would also take an empty directory of that name
		if entry.IsDir() || os.Remove(path) != nil {
			failed = append(failed, path)
		}
	}
	return failed, nil
}
