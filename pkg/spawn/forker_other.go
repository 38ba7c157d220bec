//go:build !linux

package spawn

// forker carries jobs out at once: only Linux lets a thread have a descriptor
// table of its own.
type forker struct{}

func (forker) do(fds []int, job func(fds []int)) error {
	job(fds)
	return nil
}

func (forker) close() {}
