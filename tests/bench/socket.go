//go:build linux

package main

import (
	"io"
	"os"
	"syscall"
	"time"
)

// A socket is a connection to a unix socket that blocks its thread. Those of
// package net wait through epoll, which takes this side of a call longer than
// our daemon needs for the other. No read and no write takes longer than patience.
type socket int

func dialUnix(path string) (socket, error) {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	limit := syscall.NsecToTimeval(int64(patience / time.Nanosecond))
	for _, option := range []int{syscall.SO_RCVTIMEO, syscall.SO_SNDTIMEO} {
		if err := syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, option, &limit); err != nil {
			syscall.Close(fd)
			return -1, os.NewSyscallError("setsockopt", err)
		}
	}
	if err := syscall.Connect(fd, &syscall.SockaddrUnix{Name: path}); err != nil {
		syscall.Close(fd)
		return -1, os.NewSyscallError("connect", err)
	}
	return socket(fd), nil
}

func (s socket) Read(p []byte) (int, error) {
	for {
		n, err := syscall.Read(int(s), p)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

func (s socket) Write(p []byte) (int, error) {
	for done := 0; ; {
		n, err := syscall.Write(int(s), p[done:])
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return done, os.NewSyscallError("write", err)
		}
		if done += n; done == len(p) {
			return done, nil
		}
	}
}

func (s socket) Close() error { return os.NewSyscallError("close", syscall.Close(int(s))) }
