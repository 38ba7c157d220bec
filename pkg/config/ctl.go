package config

import "strings"

// Ctl is the section [supervisorctl], and what else of the file concerns the
// client.
type Ctl struct {
	File        string // as given; empty if no file was found
	ServerURL   string
	Username    string
	Password    string
	Prompt      string
	HistoryFile string // absolute; empty: none
	Plugins     []Plugin
	// Line is where the file sets the server URL; 0: it does not.
	Line int
}

// DefaultCtl is the configuration of a client that finds no file.
func DefaultCtl() *Ctl {
	c := &Ctl{}
	setDefaults(c, ctlOptions())
	return c
}

// LoadCtl reads the configuration of supervisorctl. The file must have a
// section [supervisorctl]; what it includes is not looked at, as in Supervisor.
func LoadCtl(file string) (*Ctl, error) {
	l, err := newLoader(file, nil, clientSection)
	if err != nil {
		return nil, err
	}
	if !l.doc.has("supervisorctl") {
		l.fail(&OptionError{File: file, Problem: "there is no section [supervisorctl]",
			Hint: "add the lines [supervisorctl] and serverurl=...", message: ".ini file does not include supervisorctl section"})
	}
	c := l.client()
	if len(l.errs) > 0 {
		return nil, l.errs
	}
	return c, nil
}

// clientSection reports whether a section concerns the client.
func clientSection(name string) bool {
	return name == "supervisorctl" || name == defaultSection || strings.HasPrefix(name, "ctlplugin:")
}

// client reads [supervisorctl] and the plug-ins of the client.
func (l *loader) client() *Ctl {
	c := DefaultCtl()
	c.File = l.file
	for _, o := range ctlOptions() {
		r := reader{loader: l, section: "supervisorctl", names: l.env}
		if o.Name == "serverurl" || o.Name == "history_file" {
			r.names = l.scope(nil)
		}
		read(r, c, o)
	}
	if _, ok := l.doc.get("supervisorctl", "serverurl"); ok {
		c.Line = l.doc.where("supervisorctl", "serverurl").line
	}
	if path, ok := strings.CutPrefix(c.ServerURL, "unix://"); ok {
		c.ServerURL = "unix://" + normalPath(path)
	}
	if c.HistoryFile != "" {
		c.HistoryFile = normalPath(c.HistoryFile)
	}
	c.Plugins = l.plugins("ctlplugin")
	return c
}
