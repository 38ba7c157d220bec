package supervisor

import "supervisord/pkg/config"

// unready says why the processes of a group cannot be started by this version;
// empty if they can. Such groups are read, checked and listed.
func unready(g *config.Group) string {
	switch g.Kind {
	case config.FastCGI:
		return "fcgi-programs are not run by this version"
	}
	return ""
}
