package config

// Level is the weight of a line in the main log; higher is graver. The numbers
// are Supervisor's (loggers.py), so that loglevel compares as there.
type Level int

// The levels of the main log.
const (
	Blather  Level = 3
	Trace    Level = 5
	Debug    Level = 10
	Info     Level = 20
	Warn     Level = 30
	Error    Level = 40
	Critical Level = 50
)

// Levels is the table of levels: the word of the option loglevel and the four
// letters of a log line.
var Levels = []struct {
	Level Level
	Name  string
	Code  string
}{
	{Critical, "critical", "CRIT"},
	{Error, "error", "ERRO"},
	{Warn, "warn", "WARN"},
	{Info, "info", "INFO"},
	{Debug, "debug", "DEBG"},
	{Trace, "trace", "TRAC"},
	{Blather, "blather", "BLAT"},
}

// String returns the word of the option loglevel.
func (l Level) String() string {
	for _, r := range Levels {
		if r.Level == l {
			return r.Name
		}
	}
	return "unknown"
}

// Code returns the four letters of a log line.
func (l Level) Code() string {
	for _, r := range Levels {
		if r.Level == l {
			return r.Code
		}
	}
	return "????"
}

// ParseLevel reads a word of the option loglevel in any case.
func ParseLevel(s string) (Level, bool) {
	for _, r := range Levels {
		if r.Name == lower(s) {
			return r.Level, true
		}
	}
	return 0, false
}
