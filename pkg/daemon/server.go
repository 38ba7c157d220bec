package daemon

import (
	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/httpd"
	"supervisord/pkg/logs"
	"supervisord/pkg/supervisor"
)

// newServer puts the HTTP side before a supervisor.
func (d *daemon) newServer(c *config.Config, sup *supervisor.Supervisor, ls *httpd.Listeners) *httpd.Server {
	trace := func(format string, args ...any) { d.log.Log(config.Trace, format, args...) }
	gate := func() error {
		d.trimmer.touch()
		return sup.Gate()
	}
	spaces, names := d.namespaces(c, sup)
	return httpd.New(httpd.Options{
		Dispatcher: api.NewDispatcher(spaces, gate, trace),
		Supervisor: sup,
		MainLog:    d.log.Path,
		Follow: func(path string) (httpd.Follower, error) {
			f, err := logs.NewFollow(path)
			if err != nil {
				return nil, err
			}
			return f, nil
		},
		Log:           d.log.Log,
		Tracing:       func() bool { return d.log.Enabled(config.Trace) },
		Version:       Version,
		RPCInterfaces: names,
	}, ls)
}

// namespaces gives the RPC methods that the [rpcinterface:x] sections ask for.
// The factories are Python; those that we have ourselves are known by name, of
// any other the log says that it is not there.
func (d *daemon) namespaces(c *config.Config, sup *supervisor.Supervisor) (spaces []api.Namespace, names []string) {
	for _, p := range c.RPCInterfaces {
		ns := api.Namespace{Name: p.Name}
		switch p.Factory {
		case config.MainInterface:
			ns.Methods, ns.Target = api.Methods(), sup
		case config.TwiddlerInterface:
			ns.Methods, ns.Target = api.Whitelist(api.TwiddlerMethods(), p.Whitelist()), sup.Twiddler()
		default:
			problem, hint := p.Missing()
			d.log.Log(config.Warn, "%s:%d: [%s] %s (%s)", p.File, p.Line, p.Section, problem, hint)
			continue
		}
		spaces = append(spaces, ns)
		names = append(names, p.Name)
	}
	return spaces, names
}
