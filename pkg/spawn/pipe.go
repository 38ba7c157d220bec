package spawn

import "syscall"

// OutputPipe makes the pipe for one output of a child: read is our end,
// non-blocking, and child is the child's, blocking. Both are close-on-exec
// descriptors that belong to the caller; child is to be closed once the child
// has been started.
//
// Where the system allows it (Linux), the child's end is open for reading too.
// The pipe then always has a reader, and a program does not get SIGPIPE when the
// supervisor dies: its bytes wait in the pipe for a successor. An end of file is
// read when the last holder of the child's end has gone, as with any pipe.
//
// The descriptors are plain numbers: an os.File would enrol them with the
// runtime's poller, and who pumps them polls them itself.
func OutputPipe() (read, child int, err error) {
	return pipe(func(r, w int) (int, int) { return r, w })
}

// InputPipe makes the pipe for the input of a child: write is our end,
// non-blocking, and child is the child's, blocking. Everything else is as with
// OutputPipe; here the second direction of the child's end keeps the program
// from reading an end of file when the supervisor dies.
func InputPipe() (write, child int, err error) {
	return pipe(func(r, w int) (int, int) { return w, r })
}

// pipe makes a pipe; choose tells our end from the child's.
func pipe(choose func(r, w int) (ours, childs int)) (ours, child int, err error) {
	var p [2]int
	if err := waitlessPipe(&p); err != nil {
		return -1, -1, err
	}
	ours, half := choose(p[0], p[1])
	if child, err = bothWays(half); err != nil {
		syscall.Close(ours)
		syscall.Close(half)
		return -1, -1, err
	}
	return ours, child, nil
}
