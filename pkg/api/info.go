package api

// The structs of the wire. The order of the fields is the order of the members
// in the answer; the tag is the member's name. Times are whole seconds since
// 1970, 0 for never.

// ProcessInfo is the answer of getProcessInfo.
type ProcessInfo struct {
	Name          string `xmlrpc:"name"`
	Group         string `xmlrpc:"group"`
	Start         int64  `xmlrpc:"start"`
	Stop          int64  `xmlrpc:"stop"`
	Now           int64  `xmlrpc:"now"`
	State         State  `xmlrpc:"state"`
	StateName     string `xmlrpc:"statename"`
	SpawnErr      string `xmlrpc:"spawnerr"`
	ExitStatus    int    `xmlrpc:"exitstatus"` // 0 if none, -1 after a signal
	Logfile       string `xmlrpc:"logfile"`    // the same as StdoutLogfile
	StdoutLogfile string `xmlrpc:"stdout_logfile"`
	StderrLogfile string `xmlrpc:"stderr_logfile"`
	PID           int    `xmlrpc:"pid"` // 0 if none
	Description   string `xmlrpc:"description"`
}

// ConfigInfo is one element of the answer of getAllConfigInfo. What is not set
// is the string "none", a log name that is not yet chosen "auto".
type ConfigInfo struct {
	Autostart             bool   `xmlrpc:"autostart"`
	Directory             string `xmlrpc:"directory"`
	UID                   any    `xmlrpc:"uid"` // int, or "none"
	Command               string `xmlrpc:"command"`
	ExitCodes             []int  `xmlrpc:"exitcodes"`
	Group                 string `xmlrpc:"group"`
	GroupPrio             int    `xmlrpc:"group_prio"`
	InUse                 bool   `xmlrpc:"inuse"`
	KillAsGroup           bool   `xmlrpc:"killasgroup"`
	Name                  string `xmlrpc:"name"`
	ProcessPrio           int    `xmlrpc:"process_prio"`
	RedirectStderr        bool   `xmlrpc:"redirect_stderr"`
	StartRetries          int    `xmlrpc:"startretries"`
	StartSecs             int    `xmlrpc:"startsecs"`
	StdoutCaptureMaxBytes int64  `xmlrpc:"stdout_capture_maxbytes"`
	StdoutEventsEnabled   bool   `xmlrpc:"stdout_events_enabled"`
	StdoutLogfile         string `xmlrpc:"stdout_logfile"`
	StdoutLogfileBackups  int    `xmlrpc:"stdout_logfile_backups"`
	StdoutLogfileMaxBytes int64  `xmlrpc:"stdout_logfile_maxbytes"`
	StdoutSyslog          bool   `xmlrpc:"stdout_syslog"`
	StopSignal            int    `xmlrpc:"stopsignal"`
	StopWaitSecs          int    `xmlrpc:"stopwaitsecs"`
	StderrCaptureMaxBytes int64  `xmlrpc:"stderr_capture_maxbytes"`
	StderrEventsEnabled   bool   `xmlrpc:"stderr_events_enabled"`
	StderrLogfile         string `xmlrpc:"stderr_logfile"`
	StderrLogfileBackups  int    `xmlrpc:"stderr_logfile_backups"`
	StderrLogfileMaxBytes int64  `xmlrpc:"stderr_logfile_maxbytes"`
	StderrSyslog          bool   `xmlrpc:"stderr_syslog"`
	ServerURL             string `xmlrpc:"serverurl"`
}

// StateInfo is the answer of getState.
type StateInfo struct {
	Code SupervisorState `xmlrpc:"statecode"`
	Name string          `xmlrpc:"statename"`
}

// Result is what a group operation did to one process.
type Result struct {
	Name        string    `xmlrpc:"name"`
	Group       string    `xmlrpc:"group"`
	Status      FaultCode `xmlrpc:"status"`
	Description string    `xmlrpc:"description"` // "OK" or the faultString
}

// Tail is the answer of the tail methods; on the wire an array of three.
type Tail struct {
	_        struct{} `xmlrpc:",array"`
	Text     string
	Size     int64 // the size of the log: the offset to ask for next
	Overflow bool  // more had been written than fits
}

// Changes is what a reread found: the names of groups. On the wire it is an
// array of three arrays.
type Changes struct {
	_       struct{} `xmlrpc:",array"`
	Added   []string
	Changed []string
	Removed []string
}
