package ctl

import (
	"context"
	"strings"

	"supervisord/pkg/api"
	"supervisord/pkg/python"
)

// tailBytes is how much of a log is shown unless a number is given.
const tailBytes = 1600

// tail prints the end of a program's log, or follows it.
func tail(ctx context.Context, s *Session, arg string) error {
	words := fields(arg)
	switch {
	case len(words) < 1:
		s.refuse("tail", "Error: too few arguments", exitGeneric)
		return nil
	case len(words) > 3:
		s.refuse("tail", "Error: too many arguments", exitGeneric)
		return nil
	}
	modifier := ""
	if strings.HasPrefix(words[0], "-") {
		modifier, words = words[0], words[1:]
	}
	if len(words) == 0 {
		return s.complain("Error: tail requires process name")
	}
	name, channel := words[0], "stdout"
	if len(words) > 1 {
		channel = strings.ToLower(words[len(words)-1])
	}
	if channel != "stdout" && channel != "stderr" {
		return s.complain("Error: bad channel " + python.Quote(channel))
	}
	if modifier == "-f" {
		return s.follow(ctx, "/logtail/"+name+"/"+channel)
	}
	offset, ok := tailOffset(modifier)
	if !ok {
		return s.complain("Error: bad argument " + modifier)
	}
	if !wireInt(offset) {
		return exception{"OverflowError", "int exceeds XML-RPC limits"}
	}
	read := s.client.ReadProcessStdoutLog
	if channel == "stderr" {
		read = s.client.ReadProcessStderrLog
	}
	text, err := read(ctx, name, offset, 0)
	return s.logText(name, text, err)
}

// maintail prints the end of supervisord's own log, or follows it.
func maintail(ctx context.Context, s *Session, arg string) error {
	words := fields(arg)
	modifier := ""
	switch {
	case len(words) > 1:
		s.refuse("maintail", "Error: too many arguments", exitGeneric)
		return nil
	case len(words) == 1:
		modifier = words[0]
	}
	if modifier == "-f" {
		return s.follow(ctx, "/mainlogtail")
	}
	offset, ok := tailOffset(modifier)
	if !ok {
		return s.complain("Error: bad argument " + modifier)
	}
	if !wireInt(offset) {
		return exception{"OverflowError", "int exceeds XML-RPC limits"}
	}
	text, err := s.client.ReadLog(ctx, offset, 0)
	if isFault(err, api.BadName) {
		return err // has no words of its own here
	}
	return s.logText("supervisord", text, err)
}

// complain prints why a command was refused where no help follows.
func (s *Session) complain(why string) error {
	s.say(why)
	s.exit = exitGeneric
	return nil
}

// tailOffset turns "-100" into the offset -100 of the reading methods, and no
// modifier into the default. Anything else is not understood.
func tailOffset(modifier string) (offset int, ok bool) {
	if modifier == "" {
		return -tailBytes, true
	}
	text, ok := strings.CutPrefix(modifier, "-")
	if !ok {
		return 0, false
	}
	n, ok := parseInt(text)
	return -n, ok
}

// logText prints what was read of a log, or why it could not be read.
func (s *Session) logText(name, text string, err error) error {
	why := ""
	switch {
	case err == nil:
		s.say(text)
		return nil
	case isFault(err, api.NoFile):
		why = "no log file"
	case isFault(err, api.Failed):
		why = "unknown error reading log"
	case isFault(err, api.BadName):
		why = "no such process name"
	default:
		return err
	}
	return s.complain(name + ": ERROR (" + why + ")")
}
