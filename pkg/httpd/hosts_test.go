package httpd

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"supervisord/pkg/config"
)

func TestHosts(t *testing.T) {
	conf := config.Server{Network: "tcp", Host: "Box.LAN"}
	h := newHosts(conf, []string{"Panel.example", " .corp.example "})
	for host, want := range map[string]bool{
		"":                      true,
		"localhost":             true,
		"localhost.:9001":       true,
		"web.localhost":         true,
		"127.0.0.1":             true,
		"192.168.7.9:9001":      true,
		"[fe80::1]":             true,
		"[::1]:9001":            true,
		"box.lan:9001":          true,
		"PANEL.example":         true,
		"sub.panel.example":     false,
		"corp.example":          true,
		"a.b.corp.example:80":   true,
		"notcorp.example":       false,
		"localhost.evil.com":    false,
		"127.0.0.1.evil.com":    false,
		"evil.example":          false,
		"evil":                  true,
		"evil.example:9001":     false,
		"0x7f.1":                false,
		"evil.example@box.lan:": false,
	} {
		if got := h.ours(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
	if any := newHosts(conf, []string{"*"}); !any.ours("evil.example") {
		t.Error("* does not allow any name")
	}
	if unix := newHosts(config.Server{Network: "unix"}, nil); !unix.ours("evil.example") {
		t.Error("a unix socket checks names")
	}
}

// What the machine's own files say of names is believed.
func TestNamesOfTheMachine(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	hosts := file("hosts", "127.0.0.1\tlocalhost\n# 10.0.0.8 commented.example\n\n10.0.0.7 Box.Corp.example box # evil.example\n")
	for name, want := range map[string]bool{
		"box.corp.example": true, "box": true, "10.0.0.7": false, "evil.example": false, "commented.example": false,
	} {
		if got := inHostsFile(hosts, name); got != want {
			t.Errorf("%s in the file: %v", name, got)
		}
	}
	conf := file("resolv.conf", "nameserver 10.0.0.2\ndomain old.example\nsearch Corp.example. lab.example\noptions ndots:1\n")
	if got := searchDomains(conf); !slices.Equal(got, []string{"corp.example", "lab.example"}) {
		t.Errorf("search domains: %q", got)
	}
	missing := filepath.Join(dir, "missing")
	if inHostsFile(missing, "box") || searchDomains(missing) != nil {
		t.Error("a missing file has names")
	}
}
