//go:build linux

package main

import (
	"encoding/binary"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// stampSize is the size of a stamp of child.c.
const stampSize = 32

// A stamp is what a program leaves behind when it begins. Times are monotonic
// nanoseconds; 0 is not yet.
type stamp struct {
	began  int64
	pid    int
	before time.Duration // CPU time of the process before the program began
	ended  int64         // the end of its writing
}

// stamps are the stamps of n programs, in a file of fixed size.
type stamps struct {
	file *os.File
	n    int
}

func openStamps(path string, n int) (*stamps, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(int64(n) * stampSize); err != nil {
		file.Close()
		return nil, err
	}
	return &stamps{file, n}, nil
}

// read returns all stamps.
func (s *stamps) read() ([]stamp, error) {
	data := make([]byte, s.n*stampSize)
	if _, err := s.file.ReadAt(data, 0); err != nil {
		return nil, err
	}
	all := make([]stamp, s.n)
	for i := range all {
		v := func(k int) int64 { return int64(binary.NativeEndian.Uint64(data[i*stampSize+8*k:])) }
		all[i] = stamp{v(0), int(v(1)), time.Duration(v(2)), v(3)}
	}
	return all, nil
}

func (s *stamps) close() error { return s.file.Close() }

// monotonic is the kernel's monotonic clock, as the programs read it.
func monotonic() int64 {
	const clockMonotonic = 1
	var t syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&t)), 0)
	if errno != 0 {
		panic("clock_gettime: " + errno.Error()) // no Linux lacks this clock
	}
	return t.Nano()
}
