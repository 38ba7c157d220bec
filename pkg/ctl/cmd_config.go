package ctl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"supervisord/pkg/api"
)

// avail lists every process of the configuration, whether it is active or not.
func avail(ctx context.Context, s *Session, _ string) error {
	c, err := s.connect()
	if err != nil {
		return err
	}
	all, err := c.GetAllConfigInfo(ctx)
	if isFault(err, api.ShutdownState) {
		s.say("ERROR: supervisor shutting down")
		s.exit = exitGeneric
		return nil
	}
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, p := range all {
		use, auto := "avail", "manual"
		if p.InUse {
			use = "in use"
		}
		if p.Autostart {
			auto = "auto"
		}
		fmt.Fprintf(&b, "%s %-9s %-9s %d:%d\n", left(namespecOf(p.Group, p.Name), 32), use, auto, p.GroupPrio, p.ProcessPrio)
	}
	s.write(b.String())
	return nil
}

// reread lets supervisord read its files again, and tells what would change.
func reread(ctx context.Context, s *Session, _ string) error {
	c, err := s.connect()
	if err != nil {
		return err
	}
	changes, err := reloadConfig(ctx, c)
	switch {
	case isFault(err, api.ShutdownState):
		s.say("ERROR: supervisor shutting down")
		s.exit = exitGeneric
		return nil
	case isFault(err, api.CantReread):
		s.say("ERROR: " + err.Error())
		s.exit = exitGeneric
		return nil
	case err != nil:
		return err
	}
	what := map[string]string{}
	for _, g := range changes.Added {
		what[g] = "available"
	}
	for _, g := range changes.Changed {
		what[g] = "changed"
	}
	for _, g := range changes.Removed {
		what[g] = "disappeared"
	}
	if len(what) == 0 {
		s.say("No config updates to processes")
		return nil
	}
	for _, g := range sortedKeys(what) {
		s.say(g + ": " + what[g])
	}
	s.explainReread()
	return nil
}

// reloadConfig takes the one element out of the answer of the RPC method.
func reloadConfig(ctx context.Context, c Client) (api.Changes, error) {
	answer, err := c.ReloadConfig(ctx)
	if err != nil {
		return api.Changes{}, err
	}
	if len(answer) == 0 {
		return api.Changes{}, exception{"IndexError", "list index out of range"}
	}
	return answer[0], nil
}

// sortedKeys returns the keys in the order in which Python sorts strings, which
// is that of UTF-8 too.
func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// add activates groups of the configuration.
func add(ctx context.Context, s *Session, arg string) error {
	c, err := s.connect()
	if err != nil {
		return err
	}
	for _, name := range fields(arg) {
		_, err := c.AddProcessGroup(ctx, name)
		switch {
		case err == nil:
			s.say(name + ": added process group")
		case isFault(err, api.AlreadyAdded):
			s.say("ERROR: process group already active")
		case isFault(err, api.ShutdownState):
			s.say("ERROR: shutting down")
			s.exit = exitGeneric
		case isFault(err, api.BadName):
			s.say("ERROR: no such process/group: " + name)
			s.exit = exitGeneric
		default:
			return err
		}
	}
	return nil
}

// remove takes groups that are stopped out of the active configuration.
func remove(ctx context.Context, s *Session, arg string) error {
	c, err := s.connect()
	if err != nil {
		return err
	}
	for _, name := range fields(arg) {
		_, err := c.RemoveProcessGroup(ctx, name)
		switch {
		case err == nil:
			s.say(name + ": removed process group")
		case isFault(err, api.StillRunning):
			s.say("ERROR: process/group still running: " + name)
			s.exit = exitGeneric
		case isFault(err, api.BadName):
			s.say("ERROR: no such process/group: " + name)
			s.exit = exitGeneric
		default:
			return err
		}
	}
	return nil
}

// update applies what a reread finds: to the groups named, or to all.
func update(ctx context.Context, s *Session, arg string) error {
	c, err := s.connect()
	if err != nil {
		return err
	}
	changes, err := reloadConfig(ctx, c)
	if isFault(err, api.ShutdownState) {
		s.say("ERROR: already shutting down")
		s.exit = exitGeneric
		return nil
	}
	if isFault(err, api.CantReread) {
		s.say("ERROR: " + err.Error())
		s.exit = exitGeneric
		return nil
	}
	if err != nil {
		return err
	}
	names := fields(arg)
	if slices.Contains(names, "all") {
		names = nil
	}
	if len(names) > 0 {
		if err := s.refuseUnknownGroups(ctx, names, changes.Added); err != nil {
			return err
		}
	}
	return s.apply(ctx, changes, names)
}

// refuseUnknownGroups tells of each name that is neither an active group nor a
// new one.
func (s *Session) refuseUnknownGroups(ctx context.Context, names, added []string) error {
	all, err := s.client.GetAllProcessInfo(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, p := range all {
		known[p.Group] = true
	}
	for _, g := range added {
		known[g] = true
	}
	for _, name := range names {
		if !known[name] {
			known[name] = true // once is enough
			s.say("ERROR: no such group: " + name)
			s.exit = exitGeneric
		}
	}
	return nil
}

// apply carries changes out, restricted to the groups in only if there are any:
// what is gone, then what has changed, then what is new.
func (s *Session) apply(ctx context.Context, changes api.Changes, only []string) error {
	wanted := func(group string) bool { return len(only) == 0 || slices.Contains(only, group) }
	for _, g := range changes.Removed {
		if wanted(g) {
			if err := s.updateRemoved(ctx, g); err != nil {
				return err
			}
		}
	}
	for _, g := range changes.Changed {
		if wanted(g) {
			if err := s.updateChanged(ctx, g); err != nil {
				return err
			}
		}
	}
	for _, g := range changes.Added {
		if wanted(g) {
			if _, err := s.client.AddProcessGroup(ctx, g); err != nil {
				return err
			}
			s.say(g + ": added process group")
		}
	}
	return nil
}

func (s *Session) updateRemoved(ctx context.Context, group string) error {
	results, err := s.client.StopProcessGroup(ctx, group, true)
	if err != nil {
		return err
	}
	s.say(group + ": stopped")
	for _, r := range results {
		if r.Status == api.Failed {
			s.say(group + ": has problems; not removing")
			s.exit = exitGeneric
			return nil
		}
	}
	if _, err := s.client.RemoveProcessGroup(ctx, group); err != nil {
		return err
	}
	s.say(group + ": removed process group")
	return nil
}

func (s *Session) updateChanged(ctx context.Context, group string) error {
	if _, err := s.client.StopProcessGroup(ctx, group, true); err != nil {
		return err
	}
	s.say(group + ": stopped")
	if _, err := s.client.RemoveProcessGroup(ctx, group); err != nil {
		return err
	}
	if _, err := s.client.AddProcessGroup(ctx, group); err != nil {
		return err
	}
	s.say(group + ": updated process group")
	return nil
}
