package spawn

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// forker is a thread of the operating system that forks for the others. It has
// left the descriptor table of the process and has a small one of its own.
//
// A fork copies the table of the thread that forks, and exec closes the copy
// again, so that each start would cost as much as there are descriptors of all
// programs together. Here it costs what its own few do. Those of the child are
// sent to the thread over a socket.
//
// The runtime never makes a thread from one that is locked to a goroutine, as
// this one is, and such a thread runs nothing but its goroutine: so nobody else
// sees the small table. But the goroutine allocates, which may begin a garbage
// collection, which looks at the runtime's poller: so the table keeps the
// descriptors of the poller.
//
// The thread is started by the first fork, when the daemon has gone into the
// background: it keeps the descriptors 0, 1 and 2 of that moment.
type forker struct {
	mu     sync.Mutex // one fork at a time
	state  forkerState
	socket int
	orders chan *forkOrder
}

type forkerState int

const (
	forkerNew     forkerState = iota
	forkerAtWork              // the thread forks
	forkerMissing             // there is no thread: who wants a fork makes it
)

// forkOrder is one fork. Its descriptors are those of the process.
type forkOrder struct {
	file string
	argv []string
	attr syscall.ProcAttr
	pid  int
	err  error
	done chan struct{}
}

// newForker returns a fork, and what gives up all that it needs.
func newForker() (fork, func()) {
	f := &forker{}
	return f.fork, f.close
}

// start starts the thread. Where the system does not let it have a table of its
// own (Linux before 5.9, a seccomp filter, no /proc), there is none.
func (f *forker) start() {
	f.state = forkerMissing
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return
	}
	f.socket, f.orders = pair[0], make(chan *forkOrder)
	ready := make(chan error)
	go f.run(pair[1], ready)
	err = <-ready
	unix.Close(pair[1]) // the thread has its own copy, or has failed
	if err != nil {
		unix.Close(pair[0])
		return
	}
	f.state = forkerAtWork
}

// fork hands a fork to the thread and waits for it.
func (f *forker) fork(file string, argv []string, attr *syscall.ProcAttr) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state == forkerNew {
		f.start()
	}
	if f.state == forkerMissing {
		return syscall.ForkExec(file, argv, attr)
	}
	fds := make([]int, len(attr.Files))
	for i, fd := range attr.Files {
		fds[i] = int(fd)
	}
	// Room for one message is always there: none is left from before.
	if err := unix.Sendmsg(f.socket, []byte{0}, unix.UnixRights(fds...), nil, unix.MSG_NOSIGNAL); err != nil {
		return 0, err
	}
	o := &forkOrder{file: file, argv: argv, attr: *attr, done: make(chan struct{})}
	f.orders <- o
	<-o.done
	return o.pid, o.err
}

// close ends the thread. Later forks are made without it.
func (f *forker) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state == forkerAtWork {
		close(f.orders)
		unix.Close(f.socket)
	}
	f.state = forkerMissing
}

// run is the life of the thread, which ends with its goroutine.
func (f *forker) run(socket int, ready chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		// Not the main thread: its table is what /proc shows as that of the
		// process. While it is held here, another goroutine has another one.
		defer runtime.UnlockOSThread()
		taken := make(chan error)
		go f.run(socket, taken)
		ready <- <-taken
		return
	}
	err := wakePoller()
	if err == nil {
		err = leaveTable(socket)
	}
	ready <- err
	if err != nil {
		return // the thread is not fit for anybody else
	}
	control := make([]byte, unix.CmsgSpace(8*4))
	for o := range f.orders {
		o.pid, o.err = o.carryOut(socket, control)
		close(o.done)
	}
	// The table, and what is open in it, ends with the thread.
}

// wakePoller has the runtime make its poller, if it has not yet.
func wakePoller() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	w.Close()
	return r.Close()
}

// leaveTable gives the calling thread a descriptor table of its own, which keeps
// 0, 1 and 2, the socket and the pollers.
func leaveTable(socket int) error {
	if err := unix.Unshare(unix.CLONE_FILES); err != nil {
		return os.NewSyscallError("unshare", err)
	}
	const table = "/proc/thread-self/fd"
	entries, err := os.ReadDir(table)
	if err != nil {
		return err
	}
	pollers := 0
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd < 3 || fd == socket {
			continue
		}
		switch what, _ := os.Readlink(table + "/" + e.Name()); what {
		case "anon_inode:[eventpoll]", "anon_inode:[eventfd]":
			pollers++
		default:
			unix.Close(fd) // that of the listing itself is closed already
		}
	}
	if pollers < 2 {
		return errors.New("the poller of the runtime is not found")
	}
	return nil
}

// carryOut receives the descriptors and forks.
func (o *forkOrder) carryOut(socket int, control []byte) (pid int, err error) {
	fds, err := receiveFiles(socket, control, len(o.attr.Files))
	defer func() {
		for _, fd := range fds {
			unix.Close(fd)
		}
	}()
	if err != nil {
		return 0, err
	}
	o.attr.Files = make([]uintptr, len(fds))
	for i, fd := range fds {
		o.attr.Files[i] = uintptr(fd)
	}
	return syscall.ForkExec(o.file, o.argv, &o.attr)
}

// receiveFiles receives the message with n descriptors. They are close-on-exec,
// and those that have come are returned with an error too.
func receiveFiles(socket int, control []byte, n int) ([]int, error) {
	var text [1]byte
	var size int
	for {
		var err error
		_, size, _, _, err = unix.Recvmsg(socket, text[:], control, unix.MSG_CMSG_CLOEXEC)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, os.NewSyscallError("recvmsg", err)
		}
		break
	}
	messages, err := unix.ParseSocketControlMessage(control[:size])
	if err != nil {
		return nil, err
	}
	var fds []int
	for _, m := range messages {
		got, err := unix.ParseUnixRights(&m)
		if err != nil {
			return fds, err
		}
		fds = append(fds, got...)
	}
	if len(fds) != n {
		return fds, unix.EMFILE // the system drops those that there is no room for
	}
	return fds, nil
}
