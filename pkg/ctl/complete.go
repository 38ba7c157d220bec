package ctl

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// wordBreaks part the words of a line for completion. ":", "*" and "-"
	// are left out, for they occur in names.
	wordBreaks = " \t\n`~!@#$%^&()=+[{]}\\|;'\",<>/?"

	// completionPatience is how long a Tab waits for supervisord.
	completionPatience = 5 * time.Second
)

// complete answers a Tab: the line with the word before pos completed as far as
// it is clear, and the candidates if there are several and nothing can be
// added.
func (s *Session) complete(ctx context.Context, line string, pos int) (newLine string, newPos int, candidates []string) {
	from := strings.LastIndexAny(line[:pos], wordBreaks) + 1
	word := line[from:pos]
	matches := s.matches(ctx, line, word)
	if len(matches) == 0 {
		return line, pos, nil
	}
	common := matches[0]
	for _, m := range matches[1:] {
		common = commonPrefix(common, m)
	}
	if len(matches) > 1 && common == word {
		for i, m := range matches {
			matches[i] = strings.TrimSuffix(m, " ")
		}
		return line, pos, matches
	}
	return line[:from] + common + line[pos:], from + len(common), nil
}

// matches returns what word can become in line, each followed by a blank,
// sorted.
func (s *Session) matches(ctx context.Context, line, word string) []string {
	words := fields(line)
	kind := CompletesActions
	if len(words) > 1 || len(words) == 1 && strings.HasSuffix(line, " ") {
		c, _ := s.command(words[0])
		kind = c.Completes
	}
	var matches []string
	for _, name := range s.names(ctx, kind, word) {
		if strings.HasPrefix(name, word) {
			matches = append(matches, name+" ")
		}
	}
	slices.Sort(matches)
	return slices.Compact(matches)
}

// names returns the names of one kind. Processes are called by their short name
// unless word has a colon; where the long one is used, "group:*" is a name too.
func (s *Session) names(ctx context.Context, kind Completion, word string) []string {
	var names []string
	switch kind {
	case CompletesActions:
		for _, c := range s.commands {
			names = append(names, c.Name)
		}
	case CompletesGroups:
		s.fetchProcesses(ctx)
		for _, p := range s.processes {
			names = append(names, p.Group)
		}
	case CompletesProcesses:
		s.fetchProcesses(ctx)
		for _, p := range s.processes {
			if strings.Contains(word, ":") || p.Name != p.Group {
				names = append(names, p.Group+":"+p.Name, p.Group+":*")
			} else {
				names = append(names, p.Name)
			}
		}
	}
	return names
}

// fetchProcesses asks for the processes once a line. Without an answer nothing
// is completed.
func (s *Session) fetchProcesses(ctx context.Context) {
	if s.processes != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, completionPatience)
	defer cancel()
	if c, err := s.connect(); err == nil {
		defer s.hangUp()
		s.processes, _ = c.GetAllProcessInfo(ctx)
	}
}

func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n < len(a) && !utf8.RuneStart(a[n]) {
		n-- // not within a character
	}
	return a[:n]
}
