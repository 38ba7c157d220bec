package supervisor

import (
	"maps"
	"slices"
	"strings"
)

// environment builds what a child sees: supervisord's own variables, those
// that name the process, and the ones of the configuration on top.
func (o Order) environment(own []string) []string {
	env := map[string]string{}
	for _, kv := range own {
		if k, v, ok := strings.Cut(kv, "="); ok {
			env[k] = v
		}
	}
	env["SUPERVISOR_ENABLED"] = "1"
	if o.ServerURL != "" {
		env["SUPERVISOR_SERVER_URL"] = o.ServerURL
	}
	env["SUPERVISOR_PROCESS_NAME"] = o.Program.Name
	if o.Program.Group != "" {
		env["SUPERVISOR_GROUP_NAME"] = o.Program.Group
	}
	maps.Copy(env, o.Program.Environment)
	list := make([]string, 0, len(env))
	for _, k := range slices.Sorted(maps.Keys(env)) {
		list = append(list, k+"="+env[k])
	}
	return list
}
