package logs

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		return path, file.Close()
	}
	return "", &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
}

func randomLetters(n int) string {
	raw := make([]byte, n)
	for i := 0; i < n; {
		var b [1]byte
		rand.Read(b[:]) // never fails
		// 252 is the greatest multiple of the 37 letters in a byte; beyond it some
		// letters would be likelier.
		if int(b[0]) < 256/len(autoLetters)*len(autoLetters) {
			raw[i] = autoLetters[int(b[0])%len(autoLetters)]
			i++
		}
	}
	return string(raw)
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
