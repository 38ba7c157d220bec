package compat

import (
	"sync"
	"testing"
	"time"
)

// unfinished are the scripts that need what this version does not have yet, and
// what that is.
var unfinished = map[string]string{
	"life_fcgi": "fcgi-programs get no socket",
}

// lookout is how long an unfinished script waits for something in our world. It
// may well not come, and if it is only late the script passes the next time.
const lookout = 5 * time.Second

// playUnfinished plays the script with Supervisor on both sides, so that it
// stays right, and with ours. The day ours plays it like Supervisor the script
// has to leave the list.
func playUnfinished(t *testing.T, s *script, missing string) {
	t.Helper()
	t.Logf("%s: %s: held against Supervisor itself only", s.name, missing)
	root := shortDir(t)
	worlds := make([]*world, 3)
	shown := make([][]string, 3)
	failed := make([]error, 3)
	for i, p := range []pair{oraclePair(), oraclePair(), ourPair()} {
		worlds[i] = newPairWorld(t, root, byte('a'+i), p, s.files)
	}
	worlds[2].patience = lookout
	var plays sync.WaitGroup
	for i, w := range worlds {
		plays.Go(func() { shown[i], failed[i] = s.play(w) })
	}
	plays.Wait()
	for _, err := range failed[:2] {
		if err != nil {
			t.Error(err)
		}
	}
	s.compare(t, worlds[0], worlds[1], shown[0], shown[1], false)
	if failed[2] == nil && len(s.diff(worlds[0], worlds[2], shown[0], shown[2])) == 0 {
		t.Errorf("%s passes: take it from the list of unfinished scripts", s.name)
	}
}

// TestUnfinished holds that the list names scripts.
func TestUnfinished(t *testing.T) {
	scripts := map[string]bool{}
	for _, s := range allScripts(t) {
		scripts[s.name] = true
	}
	for name := range unfinished {
		if !scripts[name] {
			t.Errorf("no script is called %q", name)
		}
	}
}
