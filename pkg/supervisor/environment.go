package supervisor

import (
	"maps"
	"slices"
	"strings"
)

// environment builds what a child sees: supervisord's own variables, then those
// that name the process, and the ones of the configuration. A name stands there
// once.
func (o Order) environment(own []string) []string {
	set := map[string]string{
		"SUPERVISOR_ENABLED":      "1",
		"SUPERVISOR_PROCESS_NAME": o.Program.Name,
	}
	if o.ServerURL != "" {
		set["SUPERVISOR_SERVER_URL"] = o.ServerURL
	}
	if o.Program.Group != "" {
		set["SUPERVISOR_GROUP_NAME"] = o.Program.Group
	}
	maps.Copy(set, o.Program.Environment)
	env := make([]string, 0, len(own)+len(set))
	for _, kv := range own {
		if name, _, _ := strings.Cut(kv, "="); !has(set, name) {
			env = append(env, kv)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		env = append(env, name+"="+set[name])
	}
	return env
}

func has(set map[string]string, name string) bool {
	_, ok := set[name]
	return ok
}

// ownEnvironment gives the variables in environ that a child can inherit: of a
// name that stands there more than once the last.
func ownEnvironment(environ []string) []string {
	last := map[string]int{}
	for i, kv := range environ {
		if name, _, ok := strings.Cut(kv, "="); ok {
			last[name] = i
		}
	}
	var own []string
	for _, i := range slices.Sorted(maps.Values(last)) {
		own = append(own, environ[i])
	}
	return own
}
