package daemon

import (
	"fmt"
	"slices"
	"sync"

	"supervisord/pkg/config"
	"supervisord/pkg/logs"
)

// mainLog is the main log over restarts: each opens it anew with the settings
// of its configuration. Before it is open, what is to be said is kept.
type mainLog struct {
	mu    sync.RWMutex
	log   *logs.Main
	notes []config.Message
}

// open opens the log of a configuration in place of the one before.
func (l *mainLog) open(o Options, s config.Supervisord) error {
	l.close()
	opts := logs.MainOptions{
		Path: s.Logfile, MaxBytes: s.LogfileMaxBytes, Backups: s.LogfileBackups, Level: s.LogLevel,
	}
	if s.NoDaemon && !s.Silent {
		opts.Stdout = o.Stdout
	}
	log, err := logs.OpenMain(opts)
	if err != nil {
		return fmt.Errorf("cannot open the main log: %v", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log = log
	return nil
}

func (l *mainLog) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.log != nil {
		l.log.Close()
		l.log = nil
	}
}

// note keeps a message until flushNotes. An empty one is nothing.
func (l *mainLog) note(m config.Message) {
	if m.Text != "" {
		l.notes = append(l.notes, m)
	}
}

func (l *mainLog) noteAll(ms []config.Message) {
	for _, m := range ms {
		l.note(m)
	}
}

// flushNotes logs what was kept: the gravest first, as Supervisor does.
func (l *mainLog) flushNotes() {
	slices.SortStableFunc(l.notes, func(a, b config.Message) int { return int(b.Level) - int(a.Level) })
	for _, m := range l.notes {
		l.Log(m.Level, "%s", m.Text)
	}
	l.notes = nil
}

// Log writes a line.
func (l *mainLog) Log(level config.Level, format string, args ...any) {
	if log := l.current(); log != nil {
		log.Log(level, format, args...)
	}
}

func (l *mainLog) current() *logs.Main {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.log
}

// Enabled reports whether lines of a level are written at all.
func (l *mainLog) Enabled(level config.Level) bool {
	log := l.current()
	return log != nil && log.Enabled(level)
}

// Path is the file of the log.
func (l *mainLog) Path() string {
	if log := l.current(); log != nil {
		return log.Path()
	}
	return ""
}

// Reopen opens the file again by its name.
func (l *mainLog) Reopen() error {
	if log := l.current(); log != nil {
		return log.Reopen()
	}
	return nil
}

// Clear empties the file.
func (l *mainLog) Clear() error {
	if log := l.current(); log != nil {
		return log.Clear()
	}
	return nil
}
