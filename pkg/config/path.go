package config

import (
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
)

// Paths in messages, globs and URLs come out as Supervisor prints them, so the
// steps below follow Python's os.path where it differs from package filepath.

// workingDirectory returns the current directory by its physical name, not by
// the name in $PWD.
func workingDirectory() string {
	if dir, err := syscall.Getwd(); err == nil {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		return "/"
	}
	return dir
}

// absolute makes a path absolute against the current directory and removes
// ".", ".." and double slashes. A path that begins with exactly two slashes
// keeps them.
func absolute(path string) string {
	if !strings.HasPrefix(path, "/") {
		path = joinPath(workingDirectory(), path)
	}
	clean := filepath.Clean(path)
	if strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///") && clean != "/" {
		return "/" + clean
	}
	return clean
}

// directoryOf returns what stands before the last slash; empty if there is
// none.
func directoryOf(path string) string {
	head := path[:strings.LastIndexByte(path, '/')+1]
	if trimmed := strings.TrimRight(head, "/"); trimmed != "" {
		return trimmed
	}
	return head
}

// joinPath puts a path behind a directory; an absolute path replaces it.
func joinPath(directory, path string) string {
	if strings.HasPrefix(path, "/") || directory == "" {
		return path
	}
	if strings.HasSuffix(directory, "/") {
		return directory + path
	}
	return directory + "/" + path
}

// expandUser replaces ~ and ~name at the start of a path by a home directory.
// A path whose home is not known stays as it is.
func expandUser(path string) string {
	if !strings.HasPrefix(path, "~") {
		return path
	}
	name, rest := path[1:], ""
	if i := strings.IndexByte(path, '/'); i >= 0 {
		name, rest = path[1:i], path[i:]
	}
	home, ok := "", false
	if name == "" {
		home, ok = ownHome()
	} else if u, err := user.Lookup(name); err == nil {
		home, ok = u.HomeDir, true
	}
	if !ok {
		return path
	}
	if full := strings.TrimRight(home, "/") + rest; full != "" {
		return full
	}
	return "/"
}

// ownHome returns $HOME, else the home of the account we run as.
func ownHome() (string, bool) {
	if home, ok := os.LookupEnv("HOME"); ok {
		return home, true
	}
	if u, err := lookupUID(os.Getuid()); err == nil {
		return u.HomeDir, true
	}
	return "", false
}

// normalPath is absolute after expandUser.
func normalPath(path string) string { return absolute(expandUser(path)) }

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// temporaryDirectory returns where temporary files go: the first directory
// that can be written to of $TMPDIR, $TEMP, $TMP, the usual places, and the
// current directory.
func temporaryDirectory() string {
	candidates := []string{os.Getenv("TMPDIR"), os.Getenv("TEMP"), os.Getenv("TMP"), "/tmp", "/var/tmp", "/usr/tmp"}
	for _, dir := range candidates {
		if dir != "" && isDirectory(dir) && syscall.Access(dir, writeAndSearch) == nil {
			return absolute(dir)
		}
	}
	return workingDirectory()
}

// writeAndSearch is what a directory must allow to create files in it: W_OK
// and X_OK of access(2).
const writeAndSearch = 2 | 1
