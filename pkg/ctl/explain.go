package ctl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Origin says where the server URL comes from, so that a failure to connect can
// be explained.
type Origin struct {
	File        string // the configuration file that was read; empty if none
	Line        int    // of serverurl in File; 0 if it does not say one
	CommandLine bool   // the URL was given with -s
	Opened      bool   // the URL was given to the command open
	// Pidfile finds the pidfile of the supervisord that File configures, empty
	// if that is unknown. It is asked only if there is something to explain.
	Pidfile func() string
}

// String returns a sentence without its end.
func (o Origin) String() string {
	switch {
	case o.Opened:
		return "this URL was given to the command open"
	case o.CommandLine:
		return "this URL was given with -s"
	case o.File == "":
		return "this URL is the default, for no configuration file was found"
	case o.Line == 0:
		return "this URL is the default, for " + o.File + " sets no serverurl in [supervisorctl]"
	}
	return "this URL is from " + o.File + ":" + strconv.Itoa(o.Line)
}

// explain writes to standard error what a person wants to know and no script
// may see.
func (s *Session) explain(lines ...string) {
	if s.explains {
		for _, line := range lines {
			fmt.Fprintln(s.stderr, line)
		}
	}
}

// explainPlugins tells once that plug-ins of supervisorctl are not there.
func (s *Session) explainPlugins() {
	for _, missing := range s.options.Plugins {
		s.explain("supervisorctl: " + missing)
	}
}

// explainDown tells why nobody answered at the URL, as far as can be seen from
// here, and what to do.
func (s *Session) explainDown(err error) {
	if !s.explains {
		return
	}
	o := s.options.Origin
	s.explain("supervisorctl: " + o.String())
	socket, local := strings.CutPrefix(s.options.ServerURL, "unix://")
	if local && errors.Is(err, syscall.ECONNREFUSED) {
		s.explain("supervisorctl: the file " + socket + " exists, but nobody listens there any more: its supervisord " +
			"was killed; the next start replaces it")
	}
	if o.Pidfile != nil && !o.Opened && !o.CommandLine {
		if pidfile := o.Pidfile(); pidfile != "" {
			s.explainPidfile(o.File, pidfile)
			return
		}
	}
	s.explain("hint: see that supervisord runs, and that its " + serverSection(local) +
		" is what this URL says")
}

// serverSection returns the section of supervisord that opens such a URL.
func serverSection(local bool) string {
	if local {
		return "[unix_http_server]"
	}
	return "[inet_http_server]"
}

// explainPidfile tells whether the supervisord of the same file is alive.
func (s *Session) explainPidfile(file, pidfile string) {
	start := "hint: start it with: supervisord -c " + file
	text, err := os.ReadFile(pidfile)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			s.explain("supervisorctl: its pidfile "+pidfile+" does not exist, so supervisord does not seem to run", start)
		} else {
			s.explain("supervisorctl: its pidfile cannot be read: "+err.Error(),
				"hint: try again as root, or as the user of supervisord")
		}
		return
	}
	pid, err := strconv.Atoi(trim(string(text)))
	if err != nil || pid <= 0 {
		s.explain("supervisorctl: its pidfile "+pidfile+" holds no process number", start)
		return
	}
	if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
		s.explain(fmt.Sprintf("supervisorctl: its pidfile %s names process %d, which is gone", pidfile, pid), start)
		return
	}
	s.explain(fmt.Sprintf("supervisorctl: its pidfile %s names process %d, which is alive%s", pidfile, pid, commandOf(pid)),
		"hint: see that "+serverSection(strings.HasPrefix(s.options.ServerURL, "unix://"))+" and serverurl in "+file+
			" agree, and that supervisord was started with this file and has read it since it was changed")
}

// commandOf returns ": COMMAND LINE" of a process where the system shows it.
func commandOf(pid int) string {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	text = bytes.TrimRight(text, "\x00")
	if err != nil || len(text) == 0 {
		return ""
	}
	return ": " + string(bytes.ReplaceAll(text, []byte{0}, []byte{' '}))
}

// explainFailure goes with the generic error line.
func (s *Session) explainFailure(err error) {
	o := s.options.Origin
	socket, local := strings.CutPrefix(s.options.ServerURL, "unix://")
	switch {
	case !s.explains:
	case unauthorized(err):
		where := "in [supervisorctl] of the configuration file"
		if o.File != "" {
			where = "in [supervisorctl] of " + o.File
		}
		s.explain("supervisorctl: "+o.String(),
			"hint: set username and password "+where+", give -u and -p, or let -i ask for them")
	case local && errors.Is(err, syscall.EACCES):
		s.explain("supervisorctl: "+o.String(), socketAccess(socket),
			"hint: try again as root, or set chmod and chown in [unix_http_server]")
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		s.explainDown(err)
	}
}

// socketAccess says who may use a socket file, and who we are.
func socketAccess(path string) string {
	whose := ""
	if info, err := os.Stat(path); err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			whose = fmt.Sprintf(" belongs to uid %d, gid %d with mode %04o, and", st.Uid, st.Gid, info.Mode().Perm())
		}
	}
	return fmt.Sprintf("supervisorctl: %s%s may not be used by uid %d", path, whose, os.Geteuid())
}

// explainReread tells that a reread applies nothing.
func (s *Session) explainReread() {
	s.explain("hint: nothing was applied yet; supervisorctl update does that")
}

// explainReload tells what a reload has done that an update would not.
func (s *Session) explainReload() {
	s.explain("hint: supervisord and all its programs are being restarted; to restart only what has changed, use update")
}

// startTimes returns when the processes that names name were started, as far as
// that serves explainRestart.
func (s *Session) startTimes(ctx context.Context, names []string) map[string]time.Time {
	if !s.explains || s.options.Origin.File == "" || !strings.HasPrefix(s.options.ServerURL, "unix://") {
		return nil
	}
	all, err := s.client.GetAllProcessInfo(ctx)
	if err != nil {
		return nil
	}
	times := map[string]time.Time{}
	for _, p := range all {
		named := slices.ContainsFunc(names, func(name string) bool {
			n := parseNamespec(name)
			return name == "all" || p.Group == n.group && (n.whole || p.Name == n.process)
		})
		if named && p.Start > 0 {
			times[namespecOf(p.Group, p.Name)] = time.Unix(p.Start, 0)
		}
	}
	return times
}

// explainRestart tells that a restart does not read the configuration, if the
// file was changed since the processes were started last.
func (s *Session) explainRestart(before map[string]time.Time) {
	file := s.options.Origin.File
	info, err := os.Stat(file)
	if err != nil {
		return
	}
	var stale []string
	for name, started := range before {
		if info.ModTime().After(started) {
			stale = append(stale, name)
		}
	}
	if len(stale) == 0 {
		return
	}
	slices.Sort(stale)
	s.explain("hint: " + file + " has changed since " + strings.Join(stale, ", ") +
		" was started before; a restart does not read it: supervisorctl update does")
}
