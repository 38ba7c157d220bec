package logs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"supervisord/pkg/config"
)

const (
	mainQueue      = 4096 // lines
	mainQueueBytes = 4 << 20
	mainPatience   = time.Second
	// mainTime is the time stamp of a line. Milliseconds are cut, not rounded.
	mainTime = "2006-01-02 15:04:05,000"
)

// MainOptions say where the log of supervisord goes.
type MainOptions struct {
	Path     string // a file, or "syslog"; empty: no file
	MaxBytes int64
	Backups  int
	Level    config.Level
	Stdout   io.Writer        // gets a copy; nil: none
	Now      func() time.Time // nil: time.Now
}

// Main is the log of supervisord itself. Log never waits for what is behind it:
// lines are queued, for the file and for the copy apart, and written by a
// goroutine that exists only while there are any. Its methods may be called from
// any goroutine. See [OpenMain].
type Main struct {
	o      MainOptions
	file   *File // nil: none
	syslog *Syslog
	src    source
	closed sync.Once
	lines  queue // to file
	copies queue // to o.Stdout
}

// OpenMain opens the log. An error is the error of opening the file. Close it.
func OpenMain(o MainOptions) (*Main, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	m := &Main{o: o}
	m.src.quit = make(chan struct{})
	m.lines = queue{deliver: m.writeFile, missing: m.missing, maxItems: mainQueue, maxBytes: mainQueueBytes}
	m.copies = queue{deliver: m.writeCopy, missing: m.missing, maxItems: mainQueue, maxBytes: mainQueueBytes}
	switch o.Path {
	case "":
	case "syslog":
		m.syslog = NewSyslog(filepath.Base(os.Args[0]), m.trouble)
	default:
		m.file = newFile(o.Path, m.trouble)
		m.file.limit(o.MaxBytes, o.Backups)
		if err := m.file.open(false); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Path is the file, or empty if there is none.
func (m *Main) Path() string {
	if m.file == nil {
		return ""
	}
	return m.file.path
}

// Enabled says whether lines of this level are written at all.
func (m *Main) Enabled(level config.Level) bool { return level >= m.o.Level }

// Log writes a line: the time, the level and the message, which is format as it
// stands if there are no args. A message may have several lines. Log never
// blocks; lines for which there is no room are dropped, and a line says how many.
func (m *Main) Log(level config.Level, format string, args ...any) {
	if !m.Enabled(level) {
		return
	}
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	m.Line(level, format)
}

// Line writes message as it is. It is otherwise like [Main.Log], and has the form
// in which other parts report.
func (m *Main) Line(level config.Level, message string) {
	if !m.Enabled(level) {
		return
	}
	now := m.o.Now()
	grave := level >= config.Warn
	if m.syslog != nil {
		for line := range strings.SplitSeq(strings.TrimRight(message, "\n"), "\n") {
			m.syslog.Send(strings.TrimSuffix(string(formatLine(now, level, line)), "\n"))
		}
	}
	if m.file == nil && m.o.Stdout == nil {
		return
	}
	line := formatLine(now, level, message)
	if m.o.Stdout != nil {
		m.copies.add(line, grave)
	}
	if m.file != nil {
		m.lines.add(line, grave)
	}
}

func formatLine(now time.Time, level config.Level, message string) []byte {
	b := make([]byte, 0, len(mainTime)+len(message)+8)
	b = now.Local().AppendFormat(b, mainTime)
	b = append(b, ' ')
	b = append(b, level.Code()...)
	b = append(b, ' ')
	b = append(b, message...)
	return append(b, '\n')
}

// missing is the line for lines that were dropped.
func (m *Main) missing(n int) []byte {
	return formatLine(m.o.Now(), config.Warn, fmt.Sprintf("%d log lines dropped", n))
}

// trouble takes what the log file has to say about itself: it can go to the copy
// only.
func (m *Main) trouble(level config.Level, text string) {
	if m.o.Stdout != nil && m.Enabled(level) {
		m.copies.add(formatLine(m.o.Now(), level, text), true)
	}
}

func (m *Main) writeFile(batch [][]byte) {
	m.file.write(bytes.Join(batch, nil), &m.src)
}

func (m *Main) writeCopy(batch [][]byte) {
	// An error has nowhere to go: this is the copy, the file has the line.
	m.o.Stdout.Write(bytes.Join(batch, nil))
}

// Sync waits until everything logged so far is written, or until the limit has
// passed, which is an error.
func (m *Main) Sync(limit time.Duration) error {
	end := time.Now().Add(limit)
	ok := m.lines.sync(limit)
	ok = m.copies.sync(time.Until(end)) && ok
	if m.syslog != nil {
		ok = m.syslog.q.sync(time.Until(end)) && ok
	}
	if !ok {
		return errors.New("the log could not be written in time")
	}
	return nil
}

// Reopen opens the file by its name again, for a log that someone else has
// renamed. What is no file stays as it is.
func (m *Main) Reopen() error {
	if m.file == nil {
		return nil
	}
	m.lines.sync(mainPatience)
	return m.file.Reopen()
}

// Clear deletes the file and starts a new one; backups stay. What is no regular
// file stays as it is.
func (m *Main) Clear() error {
	if m.file == nil {
		return nil
	}
	m.lines.sync(mainPatience)
	return m.file.Clear()
}

// Close writes what is queued, for a second at most, and closes the log. Nothing
// may be logged after that.
func (m *Main) Close() error {
	err := m.Sync(mainPatience)
	first := false
	m.closed.Do(func() { first = true })
	if !first {
		return err
	}
	close(m.src.quit)
	if m.syslog != nil {
		m.syslog.Close()
	}
	if m.file != nil {
		err = errors.Join(err, m.file.Close())
	}
	return err
}
