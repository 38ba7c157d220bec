package compat

import (
	"regexp"
	"strings"
)

// A mask replaces what may differ between two runs of the same daemon.
type mask struct {
	pattern *regexp.Regexp
	with    string
}

// maskedDifferences are the ids of differences on purpose that are taken out of
// many texts here, so that what is around them stays compared.
var maskedDifferences = []string{"all-errors", "help-text", "server-header"}

// masks are applied in order to every text.
var masks = []mask{
	// Wire structs: a pid or a time that is set.
	{regexp.MustCompile(`(<name>pid</name>\s*<value><int>)[1-9]\d*`), "${1}PID"},
	{regexp.MustCompile(`(<name>(?:start|stop|now)</name>\s*<value><int>)[1-9]\d*`), "${1}TIME"},
	// Descriptions and status rows.
	{regexp.MustCompile(`pid \d+, uptime (\d+ days?, )?\d+:\d\d:\d\d`), "pid PID, uptime H:MM:SS"},
	{regexp.MustCompile(`\b[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M`), "MON DD HH:MM PM"},
	// Lines of the main log.
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}`), "TIME"},
	{regexp.MustCompile(`\b(with pid|unknown pid|started with pid|Set uid to user) \d+`), "$1 N"},
	{regexp.MustCompile(`\(pid \d+\)`), "(pid PID)"},
	{regexp.MustCompile(`(killing '[^']*') \(\d+\)`), "$1 (PID)"},
	// What descriptors are.
	{regexp.MustCompile(`\b(pipe|socket):\[\d+\]`), "$1:[N]"},
	// AUTO log names: eight random characters.
	{regexp.MustCompile(`(---[^-\s]+-)[a-z0-9_]{8}\.log`), "${1}XXXXXXXX.log"},
	// HTTP heads and pages.
	{regexp.MustCompile(`(?m)^(Date|Last-Modified): \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`), "$1: DATE"},
	{regexp.MustCompile(`(\b|%20)\w{3}(?:%20| )\w{3}(?:%20| ){1,2}\d{1,2}(?:%20| )\d\d(?::|%3A)\d\d(?::|%3A)\d\d(?:%20| )\d{4}`), "${1}CTIME"},
	{regexp.MustCompile(`(&copy;|©) 2006-(<strong>)?\d{4}`), "$1 2006-YEAR"},
	// Supervisor's client tells where in its source an exception came from.
	// A prompt may stand before it.
	{regexp.MustCompile(`(?m)^((?:\S+ |Username:|Password:)?error: .*): file: \S* line: \d+$`), "$1: file: FILE line: N"},
	// The start's warning about default locations comes with its place in
	// Supervisor's source.
	{regexp.MustCompile(`(?m)^\S+:\d+: UserWarning: (.*)\n  self\.warnings\.warn\(\n`), "$1\n"},
	// What it says of the streams of "fg" if it is given the time.
	{regexp.MustCompile(`(?m)^stderr: .*Cannot connect, error: <class 'SystemExit'> \(.*\)\n`), ""},
	// An interrupt that meets it while it handles what has come: it takes that
	// for a fault of the connection, and leaves out the empty line.
	{regexp.MustCompile(`(?m)^stderr: .*Cannot connect, error: <class 'KeyboardInterrupt'> \(.*\)$`), ""},
	// Python's remark that an echo cannot be turned off where there is none.
	{regexp.MustCompile(`(?m)^stderr: \S*getpass\.py.*\n.*fallback_getpass.*\nstderr: Warning: Password input may be echoed\.\n`), ""},
	// A line that is only a number is a pid of "supervisorctl pid".
	{regexp.MustCompile(`(?m)^(\S+> )?[1-9]\d*$`), "${1}PID"},
}

// masker applies the masks and the world's own names.
func (w *world) masker(text string) string {
	replace := []string{w.dir, "$DIR"}
	for i, p := range w.ports {
		// With the colon: a pid may be the same number.
		replace = append(replace, ":"+p, []string{":PORT", ":PORT2"}[i])
	}
	text = strings.NewReplacer(replace...).Replace(text)
	text = strings.NewReplacer(
		w.daemon.path, "SUPERVISORD", w.client.path, "SUPERVISORCTL",
		oracleDaemon, "SUPERVISORD", oracleCtl, "SUPERVISORCTL", build.child, "CHILD").Replace(text)
	for _, m := range masks {
		text = m.pattern.ReplaceAllString(text, m.with)
	}
	if !w.daemon.oracle {
		text = withoutAllErrors(text)
	}
	return maskHelp(text)
}

// allErrors is what our daemon says after Supervisor's own lines: an empty line,
// and every error with its place (all-errors).
var allErrors = regexp.MustCompile(`(?m)^(stderr: For help, use \S+ -h\n)stderr: \n(?:stderr: .+\n)+`)

// withoutAllErrors leaves Supervisor's two lines.
func withoutAllErrors(text string) string {
	if !strings.Contains(text, "stderr: Error: ") {
		return text
	}
	return allErrors.ReplaceAllString(text, "$1")
}

var (
	helpBegins = regexp.MustCompile(`(?m)^Usage: .*\n\nOptions:\n`)
	helpOption = regexp.MustCompile(`^(?:-\w/)?--\w[\w-]*`)

	// ourOptions are those that Supervisor does not have. Its help spells one
	// option otherwise than its parser.
	ourOptions  = map[string]bool{"--check": true, "--sample-config": true, "--demo": true, "--version": true}
	misspelling = strings.NewReplacer("--history-file", "--history_file")
)

// maskHelp leaves of a help text what precedes the options, and how they are
// spelled (help-text): the rest is in our own words.
func maskHelp(text string) string {
	at := helpBegins.FindStringIndex(text)
	if at == nil {
		return text
	}
	var b strings.Builder
	b.WriteString(text[:at[1]])
	for line := range strings.Lines(text[at[1]:]) {
		option := misspelling.Replace(helpOption.FindString(line))
		switch {
		case option != "" && !ourOptions[option]:
			b.WriteString(option + "\n")
		case strings.HasPrefix(line, "exit code "):
			b.WriteString(line)
		}
	}
	return b.String()
}
