//go:build linux

package main

import (
	"errors"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// stampFields are the numbers of a stamp of child.c.
const stampFields = 5

// A stamp is what a program leaves behind when it begins. Times are monotonic
// nanoseconds; 0 is not yet.
type stamp struct {
	began  int64
	pid    int
	before time.Duration // CPU time of the process before the program began
	ended  int64         // the end of its writing
	starts int64         // how often it has begun
}

// stamps are the stamps of n programs: a file in memory, so that to look at
// them costs no system call.
type stamps struct {
	path   string
	n      int
	memory []byte
	gate   *os.File
}

func openStamps(path string, n int) (*stamps, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	size := n * stampFields * 8
	if err := file.Truncate(int64(size)); err != nil {
		return nil, err
	}
	memory, err := syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return &stamps{path: path, n: n, memory: memory}, syscall.Mkfifo(path+".gate", 0o666)
}

// at is the stamp of a program.
func (s *stamps) at(i int) stamp {
	v := func(field int) int64 {
		return atomic.LoadInt64((*int64)(unsafe.Pointer(&s.memory[(i*stampFields+field)*8])))
	}
	return stamp{v(0), int(v(1)), time.Duration(v(2)), v(3), v(4)}
}

// open lets the writers begin.
func (s *stamps) open() error {
	var err error
	// Read-write: to open it does not wait for a reader.
	s.gate, err = os.OpenFile(s.path+".gate", os.O_RDWR, 0)
	return err
}

func (s *stamps) close() error {
	var err error
	if s.gate != nil {
		err = s.gate.Close()
	}
	return errors.Join(err, syscall.Munmap(s.memory))
}

// monotonic is the kernel's monotonic clock, as the programs read it.
func monotonic() int64 {
	const clockMonotonic = 1
	now, err := clock(clockMonotonic)
	if err != nil {
		panic("clock_gettime: " + err.Error()) // no Linux lacks this clock
	}
	return now
}

// clock reads a clock of the kernel, in nanoseconds.
func clock(id int) (int64, error) {
	var t syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(id), uintptr(unsafe.Pointer(&t)), 0)
	if errno != 0 {
		return 0, errno
	}
	return t.Nano(), nil
}
