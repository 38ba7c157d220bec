package ctl

import (
	"testing"

	"supervisord/pkg/api"
)

// Where ours does better than Supervisor's client; docs/differences.md has the
// rows.
func TestBetter(t *testing.T) {
	for _, c := range []struct {
		commandCase
		want outcome
	}{
		{commandCase{line: "clear grp:* cat", answers: answers{
			"getAllProcessInfo": processes(), "clearProcessLogs grp:a": true, "clearProcessLogs grp:b": api.Failed.Fault("grp:b"), "clearProcessLogs cat": true}},
			outcome{"grp:a: cleared\ngrp:b: ERROR (failed)\ncat: cleared\n", exitGeneric}},
		{commandCase{line: "clear nope:*", answers: answers{"getAllProcessInfo": processes()}},
			outcome{"nope: ERROR (no such group)\n", exitGeneric}},
		{commandCase{line: "update", answers: answers{"reloadConfig": api.CantReread.Fault("it's bad")}},
			outcome{"ERROR: CANT_REREAD: it's bad\n", exitGeneric}},
	} {
		if got, _ := c.run(t.Context()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.title(), got, c.want)
		}
	}
}
