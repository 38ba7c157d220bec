package ctl

import (
	"context"
	"strings"
)

// help prints the list of commands, or the help of one.
func help(_ context.Context, s *Session, arg string) error {
	if arg == "" {
		s.listCommands()
		return nil
	}
	c, ok := s.command(arg)
	if !ok {
		s.say("*** No help on " + arg)
		return nil
	}
	for _, line := range c.Help {
		s.say(line)
	}
	return nil
}

// listCommands prints the names in columns. Help itself is not listed.
func (s *Session) listCommands() {
	var names []string
	for _, c := range s.commands {
		if c.Name != "help" {
			names = append(names, c.Name)
		}
	}
	header := "default commands (type help <topic>):"
	s.say("")
	s.say(header)
	s.say(strings.Repeat("=", len(header)))
	s.write(columns(names, 79))
	s.say("")
}
