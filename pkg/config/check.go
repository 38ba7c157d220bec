package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Check reads a configuration and tells all that is wrong in it, what nobody
// reads, and what is probably not meant; ok if it can be used. It starts
// nothing.
func Check(file string, flags map[string]string) (report string, ok bool) {
	var b strings.Builder
	c, err := Load(file, flags)
	if err != nil {
		var all Errors
		if errors.As(err, &all) {
			for _, e := range all {
				fmt.Fprintf(&b, "error: %s\n", strings.TrimRight(e.Detail(), "\n"))
			}
		} else {
			fmt.Fprintf(&b, "error: %v\n", err)
		}
		fmt.Fprintf(&b, "configuration file %s test failed\n", file)
		return b.String(), false
	}
	for _, u := range c.Unknown {
		what := "section"
		if u.Option != "" {
			what = "option"
		}
		fmt.Fprintf(&b, "warning: %s: nobody reads this %s\n", place(u.File, u.Line, u.Section, u.Option), what)
		if u.Hint != "" {
			fmt.Fprintf(&b, "hint: did you mean %s?\n", u.Hint)
		}
	}
	for _, m := range c.Messages {
		if m.Level >= Warn {
			fmt.Fprintf(&b, "warning: %s\n", m.Text)
		}
	}
	for _, g := range c.hidden {
		fmt.Fprintf(&b, "warning: there are two groups called %q; one of them is never run\nhint: rename the [program:x] or [group:x]\n", g.Name)
	}
	for _, g := range c.Groups {
		for _, p := range g.Programs {
			for _, w := range doubts(p) {
				fmt.Fprintf(&b, "warning: [%s] %s\n", p.Section, w)
			}
		}
	}
	fmt.Fprintf(&b, "configuration file %s test is successful\n", file)
	return b.String(), true
}

var (
	shellSign = regexp.MustCompile(`(^|\s)(&&|\|\||\||>|>>|<|2>&1|&)(\s|$)`)
	shellName = regexp.MustCompile(`(^|\s|=)(\$\w+|\$\{|~/)`)
)

// doubts tells what in a program is allowed and yet probably not meant.
func doubts(p *Program) []string {
	var all []string
	shell := regexp.MustCompile(`(^|/)(ba|da|z|k)?sh\s+-\w*c`).MatchString(p.Command)
	if sign := shellSign.FindString(p.Command); sign != "" && !shell {
		all = append(all, fmt.Sprintf("command: no shell is used, so %q is an argument like any other\nhint: write command=/bin/sh -c 'exec ...'", strings.TrimSpace(sign)))
	} else if name := shellName.FindString(p.Command); name != "" && !shell {
		all = append(all, fmt.Sprintf("command: no shell is used, so %q is not replaced\nhint: write %%(ENV_HOME)s, or command=/bin/sh -c '...'", strings.TrimSpace(name)))
	}
	if p.StartSecs == 0 && p.StartRetries != 3 {
		all = append(all, "startsecs=0 makes every start a success, so startretries never applies")
	}
	return all
}
