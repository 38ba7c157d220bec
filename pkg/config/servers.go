package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// servers reads the HTTP servers: all inet, then all unix.
func (l *loader) servers() {
	for _, section := range l.doc.sections() {
		if strings.HasPrefix(section, "inet_http_server") {
			l.server(section, Server{Network: "tcp"}, inetOptions())
		}
	}
	for _, section := range l.doc.sections() {
		if strings.HasPrefix(section, "unix_http_server") {
			l.server(section, Server{Network: "unix", Mode: 0o700, Chown: Owner{-1, -1}}, unixOptions())
		}
	}
}

func (l *loader) server(section string, server Server, table []Option[serverSection]) {
	s := serverSection{Server: server}
	s.Section = section
	must := "port"
	if server.Network == "unix" {
		must = "file"
	}
	set := map[string]bool{}
	r := reader{loader: l, section: section, names: l.env, message: func(option, value string, err error) string {
		if _, unexpanded := errors.AsType[*expansionError](err); unexpanded {
			return err.Error()
		}
		switch option {
		case "chmod":
			return "Invalid chmod value " + value
		case "chown":
			return "Invalid sockchown value " + value
		}
		return err.Error()
	}}
	for _, o := range table {
		r.names = l.env
		if o.Name == "file" {
			r.names = l.scope(nil)
		}
		_, set[o.Name] = l.doc.get(section, o.Name)
		read(r, &s, o)
		if o.Name == must && !set[o.Name] {
			text := fmt.Sprintf("section [%s] has no %s value", section, must)
			l.failAt(section, "", "there is no option "+must, "add "+must+"=...", text)
		}
		if o.Name == "password" && set["username"] != set["password"] {
			text := fmt.Sprintf("Section [%s] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified", section)
			l.failAt(section, "", "username and password need each other", "set both, or neither", text)
		}
	}
	s.Host, s.Port = s.address.host, s.address.port
	if s.Network == "unix" && set["file"] {
		s.Path = normalPath(strip(s.Path))
	}
	l.c.Servers = append(l.c.Servers, s.Server)
}

// URL is the SUPERVISOR_SERVER_URL of p under the servers of c; empty for none.
func (p *Program) URL(c *Config) string {
	if p.ServerURL != nil {
		return *p.ServerURL
	}
	return c.ServerURL()
}

// ServerURL is where programs find supervisord: the first unix server, or else
// the last inet server; empty if there is none.
func (c *Config) ServerURL() string {
	url := ""
	for _, s := range c.Servers {
		if s.Network == "unix" {
			return "unix://" + s.Path
		}
		host := s.Host
		if host == "" {
			host = "localhost"
		}
		if address, err := netip.ParseAddr(host); err == nil && address.Is6() {
			host = "[" + host + "]"
		}
		url = "http://" + host + ":" + strconv.Itoa(s.Port)
	}
	return url
}
