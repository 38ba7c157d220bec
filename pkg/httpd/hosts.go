package httpd

import (
	"bufio"
	"net/netip"
	"os"
	"slices"
	"strings"

	"supervisord/pkg/config"
)

// The files in which this machine keeps names that no stranger has chosen.
const (
	hostsFile  = "/etc/hosts"
	resolvConf = "/etc/resolv.conf"
)

// hosts are the names of one server.
type hosts struct {
	any     bool     // a unix socket: no browser reaches it but through a proxy
	names   []string // lower case
	allowed []string // allowed_hosts: "name", ".domain" with all below it, or "*"
}

func newHosts(c config.Server, allowed []string) *hosts {
	h := &hosts{any: c.Network == "unix"}
	if name, err := os.Hostname(); err == nil {
		name = strings.ToLower(name)
		short, _, _ := strings.Cut(name, ".")
		h.names = append(h.names, name, short)
		for _, domain := range searchDomains(resolvConf) {
			h.names = append(h.names, short+"."+domain)
		}
	}
	if c.Host != "" {
		name, _ := splitHost(c.Host, "")
		h.names = append(h.names, name)
	}
	for _, a := range allowed {
		h.allowed = append(h.allowed, strings.ToLower(strings.TrimSpace(a)))
	}
	return h
}

// ours reports whether the Host header of a request means this server. No
// browser leaves it out.
func (h *hosts) ours(hostport string) bool {
	if h.any || hostport == "" {
		return true
	}
	host, _ := splitHost(hostport, "")
	if strings.HasSuffix(host, ".localhost") {
		return true
	}
	if !strings.Contains(host, ".") {
		return true // no stranger owns localhost, or a name of the local network
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	for _, name := range h.names {
		if host == name {
			return true
		}
	}
	return h.listed(host) || inHostsFile(hostsFile, host)
}

// listed reports whether host is in allowed_hosts.
func (h *hosts) listed(host string) bool {
	for _, a := range h.allowed {
		if a == "*" || a == host || strings.HasPrefix(a, ".") && (strings.HasSuffix(host, a) || host == a[1:]) {
			return true
		}
	}
	return false
}

// searchDomains returns the domains of the names on the local network, from a
// file in the form of /etc/resolv.conf, in lower case. Without the file there
// are none.
func searchDomains(file string) (domains []string) {
	eachLine(file, func(words []string) bool {
		if words[0] == "search" || words[0] == "domain" {
			domains = domains[:0] // the last of them counts
			for _, domain := range words[1:] {
				if domain = strings.ToLower(strings.Trim(domain, ".")); domain != "" {
					domains = append(domains, domain)
				}
			}
		}
		return true
	})
	return domains
}

// inHostsFile reports whether a file in the form of /etc/hosts has the name, in
// lower case. It is asked only about names that are known in no other way, so
// the file is not kept.
func inHostsFile(file, name string) (found bool) {
	eachLine(file, func(words []string) bool {
		found = slices.ContainsFunc(words[1:], func(word string) bool { return strings.EqualFold(word, name) })
		return !found
	})
	return found
}

// eachLine calls do with the words of each line that has any, until it returns
// false. A file that cannot be read has no lines.
func eachLine(file string, do func(words []string) bool) {
	f, err := os.Open(file)
	if err != nil {
		return
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if words := strings.Fields(text); len(words) > 0 && !do(words) {
			return
		}
	}
}
