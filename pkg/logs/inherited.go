package logs

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// inheritedFD says which of our own descriptors a path means, if it means one.
// Such a path is never opened: a new opening of the terminal or pipe behind it
// may be refused (another owner), impossible (a socket) or start a file from its
// beginning. Links are followed by hand, since images point a log file at
// /dev/stdout with a link and the system would take us to the thing behind it.
func inheritedFD(path string) (int, bool) {
	for range 8 {
		switch path {
		case "/dev/stdin":
			return 0, true
		case "/dev/stdout":
			return 1, true
		case "/dev/stderr":
			return 2, true
		}
		for _, dir := range descriptorDirs(path) {
			if number, ok := strings.CutPrefix(path, dir); ok {
				fd, err := strconv.Atoi(number)
				return fd, err == nil && fd >= 0
			}
		}
		to, err := os.Readlink(path)
		if err != nil {
			return 0, false
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = filepath.Clean(to)
	}
	return 0, false
}

// descriptorDirs are the directories of our descriptors that a path could lie in.
func descriptorDirs(path string) []string {
	switch {
	case strings.HasPrefix(path, "/dev/"):
		return []string{"/dev/fd/"}
	case strings.HasPrefix(path, "/proc/"):
		return []string{"/proc/self/fd/", "/proc/" + strconv.Itoa(os.Getpid()) + "/fd/"}
	}
	return nil
}
