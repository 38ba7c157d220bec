// Package config reads supervisord.conf: the INI dialect, the option tables,
// expansion, validation, and what changed between two readings.
package config

import (
	"io/fs"
	"syscall"
	"time"
)

// Config is a whole configuration, expanded, validated and in the order in
// which it is run.
type Config struct {
	File        string // the root file, absolute
	given       string // the same as it was named, for Supervisor's messages
	Supervisord Supervisord
	Servers     []Server // all inet servers, then all unix servers
	// Groups in ascending (priority, name). Of two groups with one name only
	// the first is kept, as in Supervisor.
	Groups        []*Group
	RPCInterfaces []Plugin
	// Messages found while reading, to be logged once the main log is open:
	// criticals first, then warnings, then infos (configuration section 9).
	Messages []Message
	// Unknown lists sections and options that nobody reads. They are never an
	// error (plug-ins keep keys of their own in [program:x]).
	Unknown []Unknown
}

// Message is a line for the main log.
type Message struct {
	Level Level
	Text  string
}

// Unknown is a section or option that is not in the tables.
type Unknown struct {
	File    string
	Line    int
	Section string
	Option  string // empty if the section itself is unknown
	Hint    string // the nearest known name, or empty
}

// Supervisord is the section [supervisord].
type Supervisord struct {
	Logfile         string // absolute, or "syslog"
	LogfileMaxBytes int64
	LogfileBackups  int
	LogLevel        Level
	Pidfile         string // absolute
	Umask           fs.FileMode
	NoDaemon        bool
	Silent          bool
	MinFDs          int
	MinProcs        int
	NoCleanup       bool
	ChildLogDir     string
	User            *User // nil: unchanged
	Directory       string
	StripANSI       bool
	Environment     map[string]string
	Identifier      string

	// RestartStoppedOnReload starts, on reload and update, also what was
	// stopped by hand, as Supervisor does. Ours; default false.
	RestartStoppedOnReload bool
}

// User is an account that exists on this machine.
type User struct {
	Name string // as in the passwd database
	UID  int
	GID  int // the primary group
}

// Owner is a user and group for chown; -1 leaves one unchanged.
type Owner struct {
	UID, GID int
}

// Server is an [inet_http_server] or [unix_http_server] section.
type Server struct {
	Section  string
	Network  string // "tcp" or "unix"
	Host     string // tcp: empty for all interfaces
	Port     int    // tcp
	Path     string // unix: absolute
	Mode     fs.FileMode
	Chown    Owner
	Username string // empty with an empty Password: no authentication
	Password string // clear, or "{SHA}" and 40 hex digits

	// AllowedHosts are further names under which browsers may reach the
	// server. Ours.
	AllowedHosts []string
}

// Plugin is an [rpcinterface:x] or [ctlplugin:x] section.
type Plugin struct {
	File    string // where the section was first opened
	Line    int
	Section string
	Name    string // the part after the colon
	Factory string // "module:callable"
	Options map[string]string
}

// GroupKind says which section made a group.
type GroupKind int

// The kinds of group.
const (
	Homogeneous   GroupKind = iota // [program:x], [fcgi-program:x]
	Heterogeneous                  // [group:x]
	ListenerPool                   // [eventlistener:x]
)

// Group is a set of processes that are managed by one name.
type Group struct {
	Name     string
	Kind     GroupKind
	Priority int
	Programs []*Program // one per process, in the order of starting
	Pool     *Pool      // for a ListenerPool
}

// Pool is what an [eventlistener:x] has beyond a program.
type Pool struct {
	BufferSize    int
	Events        []string // upper case, as written, duplicates removed
	ResultHandler string
	EventLen      EventLen
}

// EventLen is what the len of an event counts.
type EventLen int

// The values of event_len.
const (
	LenAuto       EventLen = iota // characters for a listener that runs in Python, bytes for others
	LenBytes                      // as the manual of the protocol says
	LenCharacters                 // as Supervisor does
)

var eventLenNames = []string{"auto", "bytes", "characters"}

// String writes the value of the option.
func (l EventLen) String() string { return eventLenNames[l] }

// Socket is what an [fcgi-program:x] has beyond a program: where to listen. All
// processes of the section share it, whatever group they are in.
type Socket struct {
	URL     string // tcp://host:port or unix:///path, the host in lower case, the path without . and ..
	Network string // "tcp" or "unix"
	Host    string
	Port    int
	Path    string
	Backlog int          // how many connections may wait; 0: the system's maximum
	Owner   *Owner       // of a unix socket; nil: unchanged
	Mode    *fs.FileMode // of a unix socket
}

// AutoRestart is the option autorestart.
type AutoRestart int

// The values of autorestart.
const (
	RestartUnexpected AutoRestart = iota // only after an exit code not in exitcodes, or a signal
	RestartNever
	RestartAlways
)

// LogKind says where output goes.
type LogKind int

// The kinds of log target.
const (
	LogAuto   LogKind = iota // a file in childlogdir with a made-up name
	LogNone                  // nowhere
	LogFile                  // Target.Path
	LogSyslog                // the deprecated value "syslog" of a logfile option
)

// LogTarget is the value of a logfile option of a program.
type LogTarget struct {
	Kind LogKind
	Path string // for LogFile, as written after expansion; empty is nowhere, as with LogNone
}

// Channel is how one output of a program (stdout or stderr) is kept.
type Channel struct {
	Logfile         LogTarget
	LogfileMaxBytes int64 // 0: never rotate
	LogfileBackups  int
	CaptureMaxBytes int64 // 0: no capture mode
	EventsEnabled   bool
	Syslog          bool
}

// Program is how one process is to be run: a [program:x] section (or
// eventlistener or fcgi-program) with everything expanded for one process_num.
type Program struct {
	Name    string // process_name, expanded
	Group   string
	Section string // e.g. "program:web"
	File    string // the file that first defined the section

	// ProcessName, NumProcs and NumProcsStart are what the section says of the
	// processes that it makes.
	ProcessName             string // as written
	NumProcs, NumProcsStart int

	Command   string
	Priority  int
	Autostart bool
	//lint:ignore ST1011 the option is called so
	StartSecs    time.Duration
	StartRetries int
	AutoRestart  AutoRestart
	ExitCodes    []int
	StopSignal   syscall.Signal
	//lint:ignore ST1011 the option is called so
	StopWaitSecs time.Duration
	StopAsGroup  bool
	KillAsGroup  bool
	// CleanAsGroup ends, before a start, what is left of the process group of a
	// predecessor that did not end as expected. Ours; default true.
	CleanAsGroup   bool
	User           *User // nil: unchanged
	RedirectStderr bool
	Stdout, Stderr Channel
	Environment    map[string]string // [supervisord] environment, then the program's own
	Directory      string            // empty: unchanged
	Umask          *fs.FileMode      // nil: unchanged
	Socket         *Socket           // of an fcgi-program, its standard input; else nil
	ServerURL      *string           // nil: derived (AUTO); empty: none
	// DependentStartup is read and checked only.
	DependentStartup DependentStartup

	// Extra keeps the options of the section that no table knows, by their
	// lower-cased names, for plug-ins and later features.
	Extra map[string]string
}

// Namespec is "group:name", or "name" when both are equal.
func (p *Program) Namespec() string {
	if p.Group == p.Name {
		return p.Name
	}
	return p.Group + ":" + p.Name
}
