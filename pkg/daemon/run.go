package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"supervisord/pkg/config"
	"supervisord/pkg/httpd"
	"supervisord/pkg/logs"
	"supervisord/pkg/spawn"
	"supervisord/pkg/supervisor"
)

// Version is the version of Supervisor that this one stands in for. Clients
// compare it, so it is not ours.
const Version = "4.2.5"

// Exit codes of supervisord, as Supervisor has them.
const (
	exitOK      = 0
	exitFailure = 1 // the main log cannot be opened, and the like
	exitUsage   = 2 // usage, configuration, user, limits, HTTP servers
)

// Options are what the command line says.
type Options struct {
	Args   []string          // the whole command line, to start the copy in the background
	File   string            // the configuration file
	Flags  map[string]string // options of [supervisord] from the command line
	Stdout io.Writer         // gets a copy of the main log with nodaemon
	Stderr io.Writer         // gets the errors of the start
}

// fail says why the start failed, in Supervisor's form, and gives the exit code.
func (o Options) fail(err error) int {
	fmt.Fprintf(o.Stderr, "Error: %v\n", err)
	fmt.Fprintf(o.Stderr, "For help, use %s -h\n", o.Args[0])
	var all config.Errors
	if errors.As(err, &all) {
		fmt.Fprintf(o.Stderr, "\n%s", all.Detail())
	}
	var refused *httpd.ListenError
	if errors.As(err, &refused) && refused.Hint() != "" {
		fmt.Fprintf(o.Stderr, "\nhint: %s\n", refused.Hint())
	}
	return exitUsage
}

// Run is the whole life of supervisord; it returns the exit code.
func Run(o Options) int {
	up := findLauncher()
	if up == nil && config.Background(o.File, o.Flags) {
		return launch(o)
	}
	c, err := config.Load(o.File, o.Flags)
	if err != nil {
		return o.fail(err)
	}
	if up == nil && !c.Supervisord.NoDaemon {
		return launch(o)
	}
	spareSome()
	if err := spawn.CloseOnExecAll(); err != nil {
		return o.fail(fmt.Errorf("cannot keep our descriptors from the programs: %v", err))
	}
	d := &daemon{o: o, file: c.File, launcher: up}
	defer d.close()
	return d.run(c)
}

// daemon is supervisord at work.
type daemon struct {
	o        Options
	file     string    // o.File, absolute
	launcher *launcher // nil once we are detached, or with nodaemon
	log      *mainLog
	host     *supervisor.OS
	pidfile  *pidfile
	signals  chan os.Signal
	kept     supervisor.Kept
	trimmer  trimmer
	printer  *logs.Printer // to our standard output, for listeners that print
}

// run serves one configuration after the other, until a shutdown.
func (d *daemon) run(c *config.Config) int {
	if err := d.once(c); err != nil {
		return d.o.fail(err)
	}
	for {
		ending, code := d.serve(c)
		if code != exitOK || ending == supervisor.Shutdown {
			return code
		}
		var err error
		if c, err = config.Load(d.o.File, d.o.Flags); err != nil {
			d.log.Log(config.Critical, "cannot start again: %v", err)
			return d.o.fail(err)
		}
		if err := d.become(c); err != nil {
			return d.o.fail(err)
		}
	}
}

// once does what a restart does not do again: the user, the limits, the signal
// handlers.
func (d *daemon) once(c *config.Config) error {
	d.log = &mainLog{}
	d.printer = logs.NewPrinter(d.o.Stdout)
	if err := d.become(c); err != nil {
		return err
	}
	var soft softLimits
	if d.launcher != nil {
		soft = d.launcher.soft
	} else {
		soft = startLimits()
	}
	for i, l := range limits(c.Supervisord.MinFDs, c.Supervisord.MinProcs) {
		raised, err := l.raise(soft[i])
		if err != nil {
			return err
		}
		d.log.note(config.Message{Level: config.Info, Text: raised})
	}
	d.signals = make(chan os.Signal, 16)
	signal.Notify(d.signals, signalsThat(true)...)
	signal.Notify(make(chan os.Signal, 1), signalsThat(false)...)
	var err error
	d.host, err = supervisor.NewOS(d.log)
	return err
}

// become switches to the user, which Supervisor says at every start.
func (d *daemon) become(c *config.Config) error {
	m, err := become(c.Supervisord.User)
	d.log.note(m)
	return err
}

// serve is one life between (re)starts.
func (d *daemon) serve(c *config.Config) (supervisor.Ending, int) {
	s := c.Supervisord
	if err := d.log.open(d.o, s); err != nil {
		return 0, d.failHard(err)
	}
	d.log.noteAll(c.Messages)
	d.log.flushNotes()
	servers, err := httpd.Listen(c.Servers, d.o.Stderr)
	if err != nil {
		return 0, d.o.fail(err)
	}
	d.cleanAuto(s)
	d.host.Configure(c)
	sup := supervisor.New(supervisor.Options{
		Config: c, Host: d.host, Log: d.log, Kept: d.kept, Version: Version,
		Print: d.printer.Print, Settled: trim,
		Load: func() (*config.Config, error) { return config.Load(d.o.File, d.o.Flags) },
	})
	web := d.newServer(c, sup, servers)
	web.Serve()
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), closePatience)
		defer cancel()
		web.Close(ctx)
	}()
	if err := d.detach(s); err != nil {
		return 0, d.o.fail(err)
	}
	defer d.pidfile.remove()
	stop := d.forwardSignals(sup)
	defer stop()
	ending := sup.Run()
	d.kept = sup.Kept()
	return ending, exitOK
}

// closePatience is how long answers under way may take at the end.
const closePatience = 2 * time.Second

// failHard is for what Supervisor dies of with a stack trace and 1.
func (d *daemon) failHard(err error) int {
	fmt.Fprintf(d.o.Stderr, "Error: %v\n", err)
	return exitFailure
}

// cleanAuto deletes the AUTO logs of earlier lives.
func (d *daemon) cleanAuto(s config.Supervisord) {
	if s.NoCleanup {
		return
	}
	failed, err := logs.CleanAuto(s.ChildLogDir, s.Identifier)
	if err != nil {
		d.log.Log(config.Warn, "Could not clear childlog dir")
	}
	for _, path := range failed {
		d.log.Log(config.Warn, "Failed to clean up '%s'", path)
	}
}

// detach goes into the background if we were launched for that, and writes the
// pidfile.
func (d *daemon) detach(s config.Supervisord) error {
	if d.launcher != nil {
		d.log.Log(config.Info, "daemonizing the supervisord process")
		if s.Directory != "" {
			if err := os.Chdir(s.Directory); err != nil {
				d.log.Log(config.Critical, "can't chdir into '%s': %v", s.Directory, err)
			} else {
				d.log.Log(config.Info, "set current directory: '%s'", s.Directory)
				d.o.File = d.file // a relative name would now mean another file
			}
		}
		syscall.Umask(int(s.Umask))
	}
	var err error
	if d.pidfile, err = writePidfile(s.Pidfile); err != nil {
		d.log.Log(config.Critical, "could not write pidfile %s", s.Pidfile)
	} else {
		d.log.Log(config.Info, "supervisord started with pid %d", os.Getpid())
	}
	if d.launcher == nil {
		return nil
	}
	launcher := d.launcher
	d.launcher = nil
	return launcher.detach()
}

// forwardSignals brings signals to the supervisor until it is stopped.
func (d *daemon) forwardSignals(sup *supervisor.Supervisor) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case sig := <-d.signals:
				sup.Signal(sig)
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-ended }
}

func (d *daemon) close() {
	if d.host != nil {
		d.host.Close()
	}
	if d.log != nil {
		d.printer.Sync(closePatience)
		d.log.close()
	}
}
