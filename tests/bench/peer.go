//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// A program is what a peer is to run: the benchmark's child.
type program struct {
	args    []string // the command
	log     string   // the file of its output; empty: none
	max     int64    // at which size the log is rotated; 0: never
	restart bool     // when it has ended
	secs    int      // startsecs, where a peer knows such a thing
}

// A plan is what a peer is to do in one life.
type plan struct {
	programs []program
	port     int // for RPC over TCP; 0: none
}

// job is a kind of work that not every peer can do.
type job int

const (
	supervises job = 1 << iota // starts programs again
	appends                    // writes a log that is never rotated
	rotates                    // writes a log that is
	speaks                     // Supervisor's RPC, and has a supervisorctl
)

// A peer is something that supervises programs, or copies their output.
type peer struct {
	name string
	jobs job
	// write puts what the plan needs into the folder, and returns the command
	// that carries it out in the foreground.
	write  func(p *peer, dir string, what plan) ([]string, error)
	end    syscall.Signal // asks it to stop all programs and to end
	logs   func(path string) []string
	slower int64 // its logs are this many times smaller: it would take minutes

	daemon, client string
}

// Names of peers that the goals speak of.
const (
	ours  = "ours"
	other = "Supervisor"
	limit = "limit"
)

func (p *peer) can(j job) bool { return p.jobs&j == j }

// findPeers lists the peers that are there, in the order of the table's
// columns; missing tells of the others.
func findPeers(s *settings) (found []*peer, missing []string) {
	all := []*peer{
		supervisorPeer(other, s.supervisor),
		runitPeer(), s6Peer(), catPeer(), limitPeer(s.tools),
	}
	for _, text := range s.with {
		name, programs, _ := strings.Cut(text, "=")
		all = append(all, supervisorPeer(name, programs))
	}
	all = append(all, supervisorPeer(ours, s.ours))
	for _, p := range all {
		if !s.peers.MatchString(p.name) {
			continue
		}
		if err := p.needs(); err != nil {
			missing = append(missing, fmt.Sprintf("%s is left out: %v", p.name, err))
			continue
		}
		found = append(found, p)
	}
	return found, missing
}

// needs looks for the programs of a peer and makes their paths absolute.
func (p *peer) needs() error {
	for _, program := range []*string{&p.daemon, &p.client} {
		if *program == "" {
			continue
		}
		path, err := exec.LookPath(*program)
		if err != nil {
			return err
		}
		if *program, err = filepath.Abs(path); err != nil {
			return err
		}
	}
	return nil
}

// supervisorPeer is one that reads Supervisor's configuration; programs are
// DAEMON,CLIENT.
func supervisorPeer(name, programs string) *peer {
	daemon, client, _ := strings.Cut(programs, ",")
	return &peer{
		name: name, jobs: supervises | appends | rotates | speaks, write: writeSupervisor,
		end: syscall.SIGTERM, logs: numbered, slower: 1, daemon: daemon, client: client,
	}
}

func writeSupervisor(p *peer, dir string, what plan) ([]string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `[supervisord]
minfds=%d
minprocs=200
[unix_http_server]
file=%%(here)s/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%%(here)s/s.sock
`, max(1024, descriptors(len(what.programs))))
	if what.port != 0 {
		fmt.Fprintf(&b, "[inet_http_server]\nport=127.0.0.1:%d\n", what.port)
	}
	for i, program := range what.programs {
		fmt.Fprintf(&b, "[program:%s]\ncommand=%s\nstartsecs=%d\nautorestart=%t\nredirect_stderr=true\n",
			programName(i), strings.Join(program.args, " "), program.secs, program.restart)
		log := program.log
		if log == "" {
			log = "NONE"
		}
		fmt.Fprintf(&b, "stdout_logfile=%s\nstdout_logfile_maxbytes=%d\nstdout_logfile_backups=%d\n",
			log, program.max, backups)
	}
	path := filepath.Join(dir, "supervisord.conf")
	return []string{p.daemon, "-n", "-s", "-c", path}, os.WriteFile(path, []byte(b.String()), 0o644)
}

// programName is the name of a program everywhere.
func programName(i int) string { return fmt.Sprintf("p%05d", i) }

// descriptors is what n programs need: two pipes and a log each, and some for
// all.
func descriptors(n int) int { return 3*n + 200 }
