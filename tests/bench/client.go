//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// clientSize is the number of programs when supervisorctl is measured.
const clientSize = 10

// commands are the commands of supervisorctl that are measured.
var commands = [][]string{{"status"}, {"pid"}, {"restart", programName(0)}}

func rowClient(command string) string     { return "supervisorctl " + command + ": whole process" }
func rowClientPeak(command string) string { return "supervisorctl " + command + ": peak memory" }

// clientScenario is a life for supervisorctl.
func (b *bench) clientScenario() scenario {
	var rows []string
	for _, command := range commands {
		rows = append(rows, rowClient(command[0]), rowClientPeak(command[0]))
	}
	return scenario{
		name: "supervisorctl", rows: rows, does: speaks,
		run: func(ctx context.Context, p *peer) error { return b.clients(ctx, p) },
	}
}

func (b *bench) clients(ctx context.Context, p *peer) (err error) {
	l, err := b.live(p, clientSize, func(l *life) (plan, error) {
		what := l.stamping(clientSize)
		for i := range what.programs {
			what.programs[i].secs = 0 // restart does not wait for a second to pass
		}
		return what, nil
	})
	if err != nil {
		return err
	}
	defer ending(l, &err)
	if err := l.begun(ctx); err != nil {
		return err
	}
	if err := l.answers(ctx); err != nil {
		return err
	}
	for range b.clientRuns {
		for _, command := range commands {
			took, peak, err := b.once(ctx, l, command)
			if err != nil {
				return err
			}
			b.table.add(p, rowClient(command[0]), "ms", took)
			b.table.add(p, rowClientPeak(command[0]), "MiB", peak)
		}
	}
	return nil
}

// once runs the client by way of limit/once.c, and returns the milliseconds and
// the peak memory in MiB.
func (b *bench) once(ctx context.Context, l *life, command []string) (took, peak float64, err error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return 0, 0, err
	}
	defer reader.Close()
	defer writer.Close()
	cmd := exec.CommandContext(ctx, b.tool("once"), append([]string{l.peer.client, "-c", "supervisord.conf"}, command...)...)
	cmd.Dir = l.dir
	cmd.ExtraFiles = []*os.File{writer}
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		return 0, 0, err
	}
	var (
		nanoseconds, kib int64
		status           int
	)
	if _, err := fmt.Fscan(reader, &nanoseconds, &kib, &status); err != nil {
		return 0, 0, err
	}
	if status != 0 {
		return 0, 0, fmt.Errorf("%s %s: wait status %#x\n%s", l.peer.client, strings.Join(command, " "), status, &output)
	}
	return float64(nanoseconds) / 1e6, float64(kib) / 1024, nil
}
