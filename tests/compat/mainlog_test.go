package compat

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// A logLine is one message of the main log with its time cut off, or one event
// of a listener.
type logLine struct {
	about string // the process it is about; "" is the daemon
	text  string
}

var (
	stamp = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} `)

	// aboutProcess finds the process that a message is about.
	aboutProcess = []*regexp.Regexp{
		regexp.MustCompile(`^\w+ (?:spawned|process|killing):? '([^']*)'`),
		// Output comes when it comes: it is a story of its own.
		regexp.MustCompile(`^\w+ ('[^']*' std(?:out|err)) (?:output|emitted)`),
		regexp.MustCompile(`^\w+ (?:success|exited|stopped|gave up): (\S+)`),
		regexp.MustCompile(`^\w+ killing (\S+) \(pid`),
		// What listeners say is a story of its own, too.
		regexp.MustCompile(`^\w+ (\S+:) (?:event was|has entered|bad result line)`),
		regexp.MustCompile(`^\w+ pool (\S+) event buffer overflowed`),
		regexp.MustCompile(`^\w+ sending (\S+) \(pid`),
		regexp.MustCompile(`^\w+ [Aa]ttempted to (?:kill|send) (\S+)`),
		// Only the text of a spawn error names its program: each is its own.
		regexp.MustCompile(`^\w+ (spawnerr: .*)`),
		regexp.MustCompile(`^\w+ (?:[A-Z_]+ )?.*\bprocessname:(\S+)`),
	}

	// noise comes as often as the timing wants: a process may be gone before
	// the first "waiting for it to stop".
	noise = regexp.MustCompile(`^(DEBG (fd \d+ closed, stopped monitoring|received SIGCHLD)|INFO waiting for \S+ to stop)`)

	// repeated is said again while a wait or a series of failures lasts: how
	// often depends on the time. Once is enough here.
	repeated = regexp.MustCompile(`^\w+ (waiting for .* to die|spawnerr: .*)\n$`)

	// begins a new life of the daemon.
	begins = regexp.MustCompile(`^INFO supervisord started with pid`)
)

// arrange cuts the main log into messages and puts them in order: process by
// process, in their own order within one process.
func arrange(text string) string {
	var lines []logLine
	for line := range strings.Lines(text) {
		at := stamp.FindString(line)
		if at == "" && len(lines) > 0 {
			lines[len(lines)-1].text += line // a message of several lines
			continue
		}
		line = line[len(at):]
		if noise.MatchString(line) {
			continue
		}
		lines = append(lines, logLine{aboutOf(line), line})
	}
	return render(lines)
}

// aboutOf finds the process that the line is about.
func aboutOf(line string) string {
	for _, p := range aboutProcess {
		if m := p.FindStringSubmatch(line); m != nil {
			return m[1]
		}
	}
	return ""
}

// render sorts the lines by process and leaves out what is said twice. Of the
// lists of those that are to die only the first stays: the later ones depend on
// who was quicker.
func render(lines []logLine) string {
	slices.SortStableFunc(lines, func(a, b logLine) int { return cmp.Compare(a.about, b.about) })
	var b strings.Builder
	said := map[string]bool{}
	for _, l := range lines {
		if m := repeated.FindStringSubmatch(l.text); m != nil {
			key := m[1]
			if strings.HasSuffix(key, " to die") {
				key = "to die"
			}
			if said[key] {
				continue
			}
			said[key] = true
		} else if begins.MatchString(l.text) {
			clear(said)
		}
		b.WriteString(l.text)
	}
	return b.String()
}
