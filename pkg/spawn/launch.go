package spawn

import "syscall"

// launch makes the child of a spec, the quick way or by way of the stage. Only
// the stage can say which step failed, so a failure of the quick way is never
// the last word: if it was the fork, the stage's fork fails too.
func (c *Children) launch(spec *Spec, staged bool) (pid int, err error) {
	if !staged {
		pid, err = c.fork(spec.File, spec.Argv, spec.attr())
		if err == nil {
			return pid, nil
		}
	}
	pid, err = c.stage(spec)
	if err != nil {
		return 0, forkError(spec.Name, err)
	}
	return pid, nil
}

// stageEnv is the environment of the stage itself: it needs one processor and
// does not live long enough for a collection. What the program gets is part of
// the orders, so that no variable of it acts on the stage.
var stageEnv = []string{"GOMAXPROCS=1", "GOGC=off"}

// stage starts a stage and gives it its orders.
func (c *Children) stage(spec *Spec) (pid int, err error) {
	file, err := stageFile()
	if err != nil {
		return 0, err
	}
	var p [2]int
	if err := closingPipe(&p); err != nil {
		return 0, err
	}
	defer syscall.Close(p[1])

	// What fits is written before the fork: then the child needs us no more.
	rest := fill(p[1], encode(spec))
	pid, err = c.fork(file, []string{stageName}, &syscall.ProcAttr{
		Env:   stageEnv,
		Files: append(spec.files(), uintptr(p[0])),
		Sys:   &syscall.SysProcAttr{Setpgid: true},
	})
	syscall.Close(p[0]) // so that a stage that has died does not leave us waiting
	if err != nil {
		return 0, err
	}
	pour(p[1], rest)
	return pid, nil
}

// fill writes to a pipe as much as it takes, and returns the rest.
func fill(fd int, data []byte) []byte {
	if syscall.SetNonblock(fd, true) != nil {
		return data
	}
	for len(data) > 0 {
		n, err := syscall.Write(fd, data)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			break
		}
		data = data[n:]
	}
	syscall.SetNonblock(fd, false)
	return data
}

// pour writes to a pipe until all is read or the reader has gone; its end is
// told by others.
func pour(fd int, data []byte) {
	for len(data) > 0 {
		n, err := syscall.Write(fd, data)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return
		}
		data = data[n:]
	}
}
