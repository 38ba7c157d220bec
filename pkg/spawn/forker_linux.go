package spawn

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

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
// The thread is started by the first job, when the daemon has gone into the
// background: it keeps the descriptors 0, 1 and 2 of that moment.
type forker struct {
	mu     sync.Mutex // the messages on the socket come in the order of the jobs
	state  forkerState
	socket int
	orders chan *forkOrder
	began  atomic.Int64 // when the job under way began, since epoch; 0: none is
}

type forkerState int

const (
	forkerNew     forkerState = iota
	forkerAtWork              // there is a thread
	forkerMissing             // there is none: who wants a fork makes it
)

// forkOrder is a job for the thread. Before it came a message with as many
// descriptors.
type forkOrder struct {
	descriptors int
	job         func(fds []int)
}

// forkersAhead is how many jobs may wait for the thread: enough that it finds the
// next one when it has done with one, and few, because they share its fate if a
// fork hangs.
const forkersAhead = 4

// start starts the thread. Where the system does not let it have a table of its
// own (Linux before 5.9, a seccomp filter, no /proc), there is none.
func (f *forker) start() {
	f.state = forkerMissing
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return
	}
	f.socket, f.orders = pair[0], make(chan *forkOrder, forkersAhead)
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

// do has the thread carry out a job with copies of descriptors under numbers of
// its own, which are closed afterwards, and returns when the originals are no
// longer needed. An error means that the job is not carried out. Jobs are carried
// out one after the other; where there is no thread, before do returns.
//
// A job that hangs would hang all after it. One that has taken longer than
// patience is left alone: the next are carried out without the thread.
func (f *forker) do(fds []int, job func(fds []int)) error {
	f.mu.Lock()
	if f.state == forkerNew {
		f.start()
	}
	if f.state == forkerMissing || f.hangs() {
		f.mu.Unlock()
		job(fds)
		return nil
	}
	defer f.mu.Unlock()
	// There is room for so few messages.
	if err := unix.Sendmsg(f.socket, []byte{0}, unix.UnixRights(fds...), nil, unix.MSG_NOSIGNAL); err != nil {
		return err
	}
	f.orders <- &forkOrder{len(fds), job}
	return nil
}

// hangs reports whether the thread has been at one job for too long.
func (f *forker) hangs() bool {
	began := f.began.Load()
	return began != 0 && time.Since(epoch) > time.Duration(began)+patience
}

// epoch is what began counts from.
var epoch = time.Now()

// close ends the thread, when it has done its jobs. Later ones are carried out
// without it.
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
		f.began.Store(int64(time.Since(epoch)))
		fds := receiveFiles(socket, control, o.descriptors)
		o.job(fds)
		for _, fd := range fds {
			unix.Close(fd)
		}
		f.began.Store(0)
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

// receiveFiles receives the message with n descriptors, which are close-on-exec.
// Those that the table had no room for are -1: what is done with them fails.
func receiveFiles(socket int, control []byte, n int) []int {
	var text [1]byte
	fds := make([]int, 0, n)
	for {
		_, size, _, _, err := unix.Recvmsg(socket, text[:], control, unix.MSG_CMSG_CLOEXEC)
		if err == unix.EINTR {
			continue
		}
		messages, _ := unix.ParseSocketControlMessage(control[:max(size, 0)])
		for _, m := range messages {
			got, _ := unix.ParseUnixRights(&m)
			fds = append(fds, got...)
		}
		break
	}
	for len(fds) < n {
		fds = append(fds, -1)
	}
	return fds
}
