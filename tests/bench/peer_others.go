//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// runitPeer is runsvdir, with a svlogd for each program.
func runitPeer() *peer {
	return &peer{
		name: "runit", jobs: supervises | appends | rotates, daemon: "runsvdir", client: "svlogd",
		write: writeRunit, end: syscall.SIGHUP, logs: inFolder, slower: 5,
	}
}

func writeRunit(p *peer, dir string, what plan) ([]string, error) {
	for i, program := range what.programs {
		service := filepath.Join(dir, "services", programName(i))
		if err := writeRun(service, program.args, ""); err != nil {
			return nil, err
		}
		if program.log == "" {
			continue
		}
		if err := writeRun(filepath.Join(service, "log"), []string{p.client, folder(program.log)}, folder(program.log)); err != nil {
			return nil, err
		}
		config := fmt.Sprintf("s%d\nn%d\n", program.max, backups)
		if err := os.WriteFile(filepath.Join(folder(program.log), "config"), []byte(config), 0o644); err != nil {
			return nil, err
		}
	}
	return []string{p.daemon, filepath.Join(dir, "services")}, nil
}

// s6Peer is s6-svscan, with an s6-log for each program. It knows no log that is
// never rotated.
func s6Peer() *peer {
	return &peer{
		name: "s6", jobs: supervises | rotates, daemon: "s6-svscan", client: "s6-log",
		write: writeS6, end: syscall.SIGTERM, logs: inFolder, slower: 5,
	}
}

func writeS6(p *peer, dir string, what plan) ([]string, error) {
	for i, program := range what.programs {
		service := filepath.Join(dir, "services", programName(i))
		if err := writeRun(service, program.args, ""); err != nil {
			return nil, err
		}
		if program.log == "" {
			continue
		}
		command := []string{p.client, "n" + strconv.Itoa(backups), "s" + strconv.FormatInt(max(program.max, 4096), 10), folder(program.log)}
		if err := writeRun(filepath.Join(service, "log"), command, folder(program.log)); err != nil {
			return nil, err
		}
	}
	room := strconv.Itoa(2*len(what.programs) + 10)
	return []string{p.daemon, "-c", room, filepath.Join(dir, "services")}, nil
}

// writeRun makes a folder with a script that becomes the command, and the
// folder of a log.
func writeRun(service string, command []string, log string) error {
	for _, dir := range []string{service, log} {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	script := "#!/bin/sh\nexec " + strings.Join(command, " ") + " 2>&1\n"
	return os.WriteFile(filepath.Join(service, "run"), []byte(script), 0o755)
}

// catPeer is cat for each program: the simplest way to a file.
func catPeer() *peer {
	return &peer{
		name: "cat", jobs: appends, daemon: "cat",
		write: writeCat, end: syscall.SIGTERM, logs: numbered, slower: 1,
	}
}

func writeCat(p *peer, dir string, what plan) ([]string, error) {
	var b strings.Builder
	for _, program := range what.programs {
		fmt.Fprintf(&b, "%s 2>&1 | %s >%s &\n", strings.Join(program.args, " "), p.daemon, program.log)
	}
	b.WriteString("wait\n")
	return []string{"/bin/sh", "-c", b.String()}, nil
}

// limitPeer is limit/loop.c.
func limitPeer(tools string) *peer {
	return &peer{
		name: limit, jobs: supervises | appends | rotates, daemon: filepath.Join(tools, "limit"),
		write: writeLimit, end: syscall.SIGTERM, logs: numbered, slower: 1,
	}
}

func writeLimit(p *peer, dir string, what plan) ([]string, error) {
	var b strings.Builder
	for _, program := range what.programs {
		log, restart := program.log, 0
		if log == "" {
			log = "-"
		}
		if program.restart {
			restart = 1
		}
		fmt.Fprintf(&b, "%s %d %d %d %s\n", log, program.max, backups, restart, strings.Join(program.args, " "))
	}
	path := filepath.Join(dir, "plan")
	return []string{p.daemon, path}, os.WriteFile(path, []byte(b.String()), 0o644)
}

// backups is how many old logs are kept.
const backups = 10

// numbered lists the files of a log from the oldest to the newest: LOG.2 LOG.1
// LOG.
func numbered(path string) []string {
	var all []string
	for i := backups; i > 0; i-- {
		all = append(all, path+"."+strconv.Itoa(i))
	}
	return append(all, path)
}

// folder is where svlogd and s6-log keep the files of a log.
func folder(path string) string { return path + ".d" }

// inFolder lists the files there, which are named after their times.
func inFolder(path string) []string {
	old, err := filepath.Glob(filepath.Join(folder(path), "@*"))
	if err != nil {
		return nil // the pattern is not at fault
	}
	slices.Sort(old)
	return append(old, filepath.Join(folder(path), "current"))
}
