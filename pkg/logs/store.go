package logs

import (
	"path/filepath"
	"sync"

	"supervisord/pkg/config"
)

// Store holds one [File] for each path in use, whoever shares it. Its methods
// may be called at any time from any goroutine.
type Store struct {
	report func(config.Level, string)

	mu    sync.Mutex
	files map[string]*File
}

// NewStore makes an empty store. report gets what an operator should know about
// files that cannot be written, at most one message a minute for each file; it
// must not block and must not call back into the store. It may be nil.
func NewStore(report func(config.Level, string)) *Store {
	return &Store{report: report, files: make(map[string]*File)}
}

// Open returns the file at path, creating it if it is missing, and counts the
// caller as one of its users until [File.Close]. maxBytes is the size at which
// it is rotated (0 or less: never) and backups the number of old files kept; if
// users disagree the latest wins. /dev/stdout, /dev/stderr, /dev/fd/N and
// /proc/self/fd/N, also by way of a symbolic link, mean the descriptor that this
// process holds.
//
// Errors are the bare errors of the system inside an [io/fs.PathError]. Open can
// take as long as the file system takes.
func (s *Store) Open(path string, maxBytes int64, backups int) (*File, error) {
	key := path
	if abs, err := filepath.Abs(path); err == nil {
		key = abs
	}
	s.mu.Lock()
	f := s.files[key]
	if f != nil {
		f.users++
		s.mu.Unlock()
		<-f.opened
		if f.openErr != nil {
			return nil, f.openErr // its first opener has removed it from the table
		}
		f.limit(maxBytes, backups)
		if err := f.renew(); err != nil {
			f.Close()
			return nil, err
		}
		return f, nil
	}
	f = newFile(path, s.report)
	f.limit(maxBytes, backups)
	f.store, f.key, f.users = s, key, 1
	s.files[key] = f
	s.mu.Unlock()

	f.openErr = f.open(false)
	if f.openErr != nil {
		s.mu.Lock()
		delete(s.files, key)
		s.mu.Unlock()
	}
	close(f.opened)
	if f.openErr != nil {
		return nil, f.openErr
	}
	return f, nil
}

// Reopen opens every file in use anew by its name, for a log rotated by someone
// else (SIGUSR2). It returns the errors of those that could not be.
func (s *Store) Reopen() []error {
	s.mu.Lock()
	files := make([]*File, 0, len(s.files))
	for _, f := range s.files {
		files = append(files, f)
	}
	s.mu.Unlock()

	results := make(chan error, len(files))
	for _, f := range files {
		go func() { results <- f.Reopen() }() // one that hangs delays itself alone
	}
	var errs []error
	for range files {
		if err := <-results; err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// share counts one more user of an open file.
func (s *Store) share(f *File) {
	s.mu.Lock()
	f.users++
	s.mu.Unlock()
}

// leave takes one user from a file and says whether that was the last.
func (s *Store) leave(f *File) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.users--
	if f.users > 0 {
		return false
	}
	if s.files[f.key] == f {
		delete(s.files, f.key)
	}
	return true
}
