package ctl

import "strings"

// namespec names a process, or with whole set every process of a group.
type namespec struct {
	group, process string
	whole          bool
}

// parseNamespec reads "name", "group:name", "group:*" and "group:".
func parseNamespec(text string) namespec {
	group, process, found := strings.Cut(text, ":")
	if !found {
		return namespec{group: text, process: text}
	}
	return namespec{group, process, process == "" || process == "*"}
}

// String returns the name as it is printed: the short one where group and
// process are called the same. A whole group reads "group:None", an accident of
// Supervisor that shows in "clear group:*".
func (n namespec) String() string {
	switch {
	case n.whole:
		return n.group + ":None"
	case n.group == n.process:
		return n.process
	}
	return n.group + ":" + n.process
}

// namespecOf returns how a process is printed.
func namespecOf(group, process string) string {
	return namespec{group: group, process: process}.String()
}
