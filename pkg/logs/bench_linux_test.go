//go:build !portable

package logs

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A flood is what BenchmarkPump sends through.
type flood struct {
	name     string
	writers  int
	total    int   // bytes of all writers
	size     int   // bytes of one write
	maxBytes int64 // of a log, with ten backups; 0: no rotation
	options  func(*Options)
}

var floods = []flood{
	{name: "64KiB", writers: 1, total: 512 << 20, size: 64 << 10},
	{name: "64KiB-rotated", writers: 1, total: 512 << 20, size: 64 << 10, maxBytes: 50_000_000},
	{name: "64KiB-rotated-often", writers: 1, total: 512 << 20, size: 64 << 10, maxBytes: 5_000_000},
	{name: "line", writers: 1, total: 64 << 20, size: 100},
	{name: "line-rotated", writers: 1, total: 64 << 20, size: 100, maxBytes: 50_000_000},
	{name: "100x64KiB", writers: 100, total: 512 << 20, size: 64 << 10},
	{name: "100x64KiB-rotated", writers: 100, total: 512 << 20, size: 64 << 10, maxBytes: 1_000_000},
	{name: "64KiB-looked-at", writers: 1, total: 256 << 20, size: 64 << 10, maxBytes: 50_000_000,
		options: func(o *Options) { o.Data = func([]byte) {} }},
	{name: "64KiB-stripped", writers: 1, total: 256 << 20, size: 64 << 10, maxBytes: 50_000_000,
		options: func(o *Options) { o.StripANSI = true }},
}

// The way of a byte from program to file: what a second moves, and what of it we
// and the writers pay. Each writer is a process of its own.
func BenchmarkPump(b *testing.B) {
	for _, c := range floods {
		b.Run(c.name, func(b *testing.B) {
			r := newRig(b)
			var files []*File
			for i := range c.writers {
				files = append(files, r.open(fmt.Sprintf("flood%d.log", i), c.maxBytes, 10))
			}
			c.measure(b, false, func(i, read int) func() {
				o := Options{File: files[i]}
				if c.options != nil {
					c.options(&o)
				}
				closed := make(chan struct{})
				o.Closed = func() { close(closed) }
				if _, err := r.poller.Add(read, o); err != nil {
					b.Fatal(err)
				}
				return func() { <-closed }
			}, func() {
				for _, f := range files {
					f.Clear()
				}
			})
		})
	}
}

// What the simplest program costs for the same.
func BenchmarkCat(b *testing.B) {
	for _, c := range floods {
		if c.maxBytes > 0 || c.options != nil {
			continue
		}
		b.Run(c.name, func(b *testing.B) {
			dir := b.TempDir()
			c.measure(b, true, func(i, read int) func() {
				unix.SetNonblock(read, false)
				in := os.NewFile(uintptr(read), "pipe")
				out, err := os.Create(fmt.Sprintf("%s/%d.log", dir, i))
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
			}, func() {})
		})
	}
}

// measure runs the writers again and again, each against what start sets up and
// waits for; clear makes room afterwards. children says that what carries is a
// child process like the writers.
func (c *flood) measure(b *testing.B, children bool, start func(i, read int) func(), clear func()) {
	b.SetBytes(int64(c.total))
	var carriers, writers time.Duration
	for b.Loop() {
		self, all := usage(unix.RUSAGE_SELF), usage(unix.RUSAGE_CHILDREN)
		var waits []func()
		var running []*exec.Cmd
		for i := range c.writers {
			read, write := pipe(b)
			waits = append(waits, start(i, read))
			writer := exec.Command(os.Args[0], strconv.Itoa(c.total/c.writers), strconv.Itoa(c.size))
			writer.Env = append(os.Environ(), "LOGS_HELPER=flood")
			writer.Stdout, writer.Stderr = write, os.Stderr
			if err := writer.Start(); err != nil {
				b.Fatal(err)
			}
			running = append(running, writer)
			write.Close()
		}
		for _, wait := range waits {
			wait()
		}
		var wrote time.Duration
		for _, writer := range running {
			if err := writer.Wait(); err != nil {
				b.Fatal(err)
			}
			wrote += writer.ProcessState.UserTime() + writer.ProcessState.SystemTime()
		}
		writers += wrote
		if children {
			carriers += usage(unix.RUSAGE_CHILDREN) - all - wrote
		} else {
			carriers += usage(unix.RUSAGE_SELF) - self
		}
		b.StopTimer()
		clear()
		b.StartTimer()
	}
	gigabytes := float64(b.N) * float64(c.total) / 1e9
	b.ReportMetric(carriers.Seconds()/gigabytes, "cpu-s/GB")
	b.ReportMetric(writers.Seconds()/gigabytes, "writer-cpu-s/GB")
}

func usage(who int) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(who, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
