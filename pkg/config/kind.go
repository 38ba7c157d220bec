package config

import (
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"supervisord/pkg/python"
)

// kind is a type of value: how it is read, how it is written, and what the
// reference calls it. The texts of the errors are Supervisor's.
type kind[V any] struct {
	name  string
	parse func(text string) (V, error)
	print func(V) string
	hint  func(text string) string // what to write instead of a wrong text
}

func same(s string) string { return s }

var (
	textKind = kind[string]{"text", func(s string) (string, error) { return s, nil }, same, nil}

	integerKind = kind[int]{"number", parseInteger, strconv.Itoa, nil}

	secondsKind = kind[time.Duration]{"seconds", func(s string) (time.Duration, error) {
		n, err := parseInteger(s)
		const limit = int(math.MaxInt64 / time.Second)
		return time.Duration(max(min(n, limit), -limit)) * time.Second, err
	}, func(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }, nil}

	booleanKind = kind[bool]{"boolean", parseBoolean, strconv.FormatBool, booleanHint}

	bytesKind = kind[int64]{"byte size", parseByteSize, printByteSize, byteSizeHint}

	octalKind = kind[fs.FileMode]{"octal number", parseOctal, printOctal, octalHint}

	optionalOctalKind = kind[*fs.FileMode]{"octal number", func(s string) (*fs.FileMode, error) {
		m, err := parseOctal(s)
		return &m, err
	}, func(m *fs.FileMode) string {
		if m == nil {
			return ""
		}
		return printOctal(*m)
	}, octalHint}

	levelKind = kind[Level]{"log level", func(s string) (Level, error) {
		if l, ok := ParseLevel(s); ok {
			return l, nil
		}
		return 0, fmt.Errorf("bad logging level name %s", python.Quote(s))
	}, Level.String, levelHint}

	directoryKind = kind[string]{"directory that exists", func(s string) (string, error) {
		dir := expandUser(s)
		if !isDirectory(dir) {
			return "", fmt.Errorf("%s is not an existing directory", s)
		}
		return dir, nil
	}, same, directoryHint}

	pathKind = kind[string]{"path in a directory that exists", parseDirpath, same, pathHint}

	logKind = kind[LogTarget]{"log file", parseLogTarget, LogTarget.String, pathHint}

	signalKind = kind[syscall.Signal]{"signal", ParseSignal, func(s syscall.Signal) string {
		return strings.TrimPrefix(SignalName(s), "SIG")
	}, signalHint}

	exitCodesKind = kind[[]int]{"list of exit codes", parseExitCodes, func(codes []int) string {
		texts := make([]string, len(codes))
		for i, c := range codes {
			texts[i] = strconv.Itoa(c)
		}
		return strings.Join(texts, ",")
	}, exitCodesHint}

	autoRestartKind = kind[AutoRestart]{"true, false or unexpected", parseAutoRestart, AutoRestart.String, autoRestartHint}

	eventLenKind = kind[EventLen]{"auto, bytes or characters", func(s string) (EventLen, error) {
		if i := slices.Index(eventLenNames, strings.ToLower(s)); i >= 0 {
			return EventLen(i), nil
		}
		return 0, fmt.Errorf("invalid 'event_len' value %s", python.Quote(s))
	}, EventLen.String, func(text string) string { return oneOf(text, eventLenNames) }}

	userKind = kind[*User]{"user name or id", ParseUser, func(u *User) string {
		if u == nil {
			return ""
		}
		return u.Name
	}, nil}

	ownerKind = kind[Owner]{"user or user:group", parseOwner, func(o Owner) string {
		if o.GID < 0 {
			return strconv.Itoa(o.UID)
		}
		return fmt.Sprintf("%d:%d", o.UID, o.GID)
	}, nil}

	optionalOwnerKind = kind[*Owner]{ownerKind.name, func(s string) (*Owner, error) {
		o, err := parseOwner(s)
		return &o, err
	}, func(o *Owner) string {
		if o == nil {
			return ""
		}
		return ownerKind.print(*o)
	}, nil}

	environmentKind = kind[map[string]string]{"KEY=\"value\" pairs", parseEnvironment, printEnvironment, environmentHint}

	serverURLKind = kind[*string]{"URL or AUTO", func(s string) (*string, error) {
		if strings.EqualFold(strip(s), "auto") {
			return nil, nil
		}
		return &s, nil
	}, func(s *string) string {
		if s == nil {
			return "AUTO"
		}
		return *s
	}, nil}

	nameKind = kind[string]{"name", parseName, same, nil}

	listKind = kind[[]string]{"list of names", func(s string) ([]string, error) { return splitList(s), nil },
		func(l []string) string { return strings.Join(l, ",") }, nil}
)

func parseInteger(text string) (int, error) {
	n, ok := parseInt(text, 10)
	if !ok {
		return 0, errNotInt(text)
	}
	return int(n.value), nil
}

func parseBoolean(text string) (bool, error) {
	switch lower(text) {
	case "yes", "true", "on", "1":
		return true, nil
	case "no", "false", "off", "0":
		return false, nil
	}
	return false, fmt.Errorf("not a valid boolean value: %s", python.Quote(text))
}

var byteUnits = []struct {
	suffix string
	size   int64
}{{"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}}

// parseByteSize reads a number with KB, MB or GB. A negative size, which breaks
// Supervisor's logging, is 0.
func parseByteSize(text string) (int64, error) {
	rest, unit := lower(text), int64(1)
	for _, u := range byteUnits {
		if r, ok := strings.CutSuffix(rest, u.suffix); ok {
			rest, unit = r, u.size
			break
		}
	}
	n, ok := parseInt(rest, 10)
	if !ok {
		return 0, errNotInt(rest)
	}
	return max(min(n.value, math.MaxInt64/unit), 0) * unit, nil
}

func printByteSize(n int64) string {
	for _, u := range slices.Backward(byteUnits) {
		if n >= u.size && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + strings.ToUpper(u.suffix)
		}
	}
	return strconv.FormatInt(n, 10)
}

// modeBits are the bits of a mode that chmod(2) and umask(2) look at.
const modeBits = 0o7777

// parseOctal reads the bits of a mode. A number that has more, or is negative,
// is cut down to them, as the system does.
func parseOctal(text string) (fs.FileMode, error) {
	n, ok := parseInt(text, 8)
	if !ok {
		return 0, fmt.Errorf("%s can not be converted to an octal type", text)
	}
	return fs.FileMode(n.value & modeBits), nil
}

func printOctal(m fs.FileMode) string { return fmt.Sprintf("%03o", uint32(m)) }

func parseDirpath(text string) (string, error) {
	path := expandUser(text)
	if dir := directoryOf(path); dir != "" && !isDirectory(dir) {
		return "", fmt.Errorf("The directory named as part of the path %s does not exist", text) //lint:ignore ST1005 Supervisor's text
	}
	return path, nil
}

func parseLogTarget(text string) (LogTarget, error) {
	switch lower(text) {
	case "none", "off":
		return LogTarget{Kind: LogNone}, nil
	case "auto":
		return LogTarget{Kind: LogAuto}, nil
	case "syslog":
		return LogTarget{Kind: LogSyslog}, nil
	}
	path, err := parseDirpath(text)
	return LogTarget{Kind: LogFile, Path: path}, err
}

// String writes the target as a value of a logfile option.
func (t LogTarget) String() string {
	switch t.Kind {
	case LogNone:
		return "NONE"
	case LogAuto:
		return "AUTO"
	case LogSyslog:
		return "syslog"
	}
	return t.Path
}

func parseExitCodes(text string) ([]int, error) {
	codes := []int{}
	if text == "" {
		return codes, nil
	}
	for item := range strings.SplitSeq(text, ",") {
		n, ok := parseInt(item, 10)
		if !ok || n.value < 0 || n.value > 255 {
			return nil, fmt.Errorf("not a valid list of exit codes: %s", python.Quote(text))
		}
		codes = append(codes, int(n.value))
	}
	return codes, nil
}

func parseAutoRestart(text string) (AutoRestart, error) {
	low := lower(text)
	if low == "unexpected" {
		return RestartUnexpected, nil
	}
	on, err := parseBoolean(low)
	switch {
	case err != nil:
		return 0, fmt.Errorf("invalid 'autorestart' value %s", python.Quote(low))
	case on:
		return RestartAlways, nil
	}
	return RestartNever, nil
}

// String writes the value of the option.
func (a AutoRestart) String() string {
	return [...]string{"unexpected", "false", "true"}[a]
}

// parseName reads the name of a program, process or group.
func parseName(text string) (string, error) {
	name := strip(text)
	for _, c := range []string{" ", ":", "/"} {
		if strings.Contains(name, c) {
			return "", fmt.Errorf("Invalid name: %s because of character: %s", python.Quote(text), python.Quote(c)) //lint:ignore ST1005 Supervisor's text
		}
	}
	return name, nil
}

// splitList splits a comma list; the items are stripped, empty ones kept.
func splitList(text string) []string {
	if text == "" {
		return nil
	}
	items := strings.Split(text, ",")
	for i, item := range items {
		items[i] = strip(item)
	}
	return items
}

// address is the value of port in [inet_http_server].
type address struct {
	host string // empty: all interfaces
	port int
}

func parseAddress(text string) (address, error) {
	// An IPv6 address in brackets is ours; Supervisor has IPv4 only.
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		port, err := parsePort(text)
		if err != nil {
			return address{}, fmt.Errorf("not a valid port number: %s ", python.Quote(text))
		}
		return address{port: port}, nil
	}
	host, rest := lower(text[:i]), text[i+1:]
	if rest == "" {
		return address{}, fmt.Errorf("no port number specified in %s", python.Quote(rest))
	}
	port, err := parsePort(rest)
	if err != nil {
		return address{}, err
	}
	if host == "*" {
		host = ""
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	return address{host, port}, nil
}

func parsePort(text string) (int, error) {
	n, ok := parseInt(text, 10)
	switch {
	case !ok:
		return 0, errNotInt(text)
	case n.value < 1:
		return 0, fmt.Errorf("%s is below lower bound (1)", n.digits)
	case n.value > 65535:
		return 0, fmt.Errorf("%s is above upper bound (65535)", n.digits)
	}
	return int(n.value), nil
}
