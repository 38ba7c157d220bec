//go:build !portable

package logs

import (
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The way of a byte from program to file: what a second moves, and what of it we
// pay. The writer is a process of its own. "cat" stands for what is possible.
func BenchmarkPump(b *testing.B) {
	for _, c := range []struct {
		name        string
		total, size int
		options     func(*Options)
	}{
		{"64KiB", 512 << 20, 64 << 10, nil},
		{"line", 64 << 20, 100, nil},
		{"64KiB-looked-at", 256 << 20, 64 << 10, func(o *Options) { o.Data = func([]byte) {} }},
		{"64KiB-stripped", 256 << 20, 64 << 10, func(o *Options) { o.StripANSI = true }},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := newRig(b)
			o := Options{File: r.open("flood.log", 50_000_000, 10)}
			if c.options != nil {
				c.options(&o)
			}
			measure(b, c.total, c.size, false, func(read int) func() {
				closed := make(chan struct{})
				o.Closed = func() { close(closed) }
				if _, err := r.poller.Add(read, o); err != nil {
					b.Fatal(err)
				}
				return func() { <-closed }
			})
		})
		if c.options != nil {
			continue
		}
		b.Run(c.name+"/cat", func(b *testing.B) {
			path := b.TempDir() + "/cat.log"
			measure(b, c.total, c.size, true, func(read int) func() {
				unix.SetNonblock(read, false)
				in := os.NewFile(uintptr(read), "pipe")
				out, err := os.Create(path)
				if err != nil {
					b.Fatal(err)
				}
				cat := exec.Command("cat")
				cat.Stdin, cat.Stdout = in, out
				if err := cat.Start(); err != nil {
					b.Fatal(err)
				}
				in.Close()
				return func() { cat.Wait(); out.Close() }
			})
		})
	}
}

// measure runs the writer b.N times against what start sets up and waits for.
func measure(b *testing.B, total, size int, child bool, start func(read int) func()) {
	b.SetBytes(int64(total))
	var cpu time.Duration
	for b.Loop() {
		read, write := pipe(b)
		wait := start(read)
		writer := exec.Command(os.Args[0], strconv.Itoa(total), strconv.Itoa(size))
		writer.Env = append(os.Environ(), "LOGS_HELPER=flood")
		writer.Stdout, writer.Stderr = write, os.Stderr
		before, children := usage(unix.RUSAGE_SELF), usage(unix.RUSAGE_CHILDREN)
		if err := writer.Start(); err != nil {
			b.Fatal(err)
		}
		write.Close()
		wait()
		if err := writer.Wait(); err != nil {
			b.Fatal(err)
		}
		if child {
			state := writer.ProcessState
			cpu += usage(unix.RUSAGE_CHILDREN) - children - state.UserTime() - state.SystemTime()
		} else {
			cpu += usage(unix.RUSAGE_SELF) - before
		}
	}
	b.ReportMetric(cpu.Seconds()/float64(b.N)/float64(total)*1e9, "cpu-s/GB")
}

func usage(who int) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(who, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
