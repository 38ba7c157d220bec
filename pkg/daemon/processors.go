package daemon

import (
	"os"
	"runtime"
)

// spareProcessors is how many of the runtime's processors there are beyond those
// of the machine. Each that carries output may hold one while the system lets the
// programs run instead; whoever calls us then needs another. With none to spare a
// call takes 15 ms (in the middle) while a hundred programs write as fast as they
// can on two processors, with four 0.1 ms.
const spareProcessors = 4

// spareSome makes them, unless the user has said how many he wants.
func spareSome() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + spareProcessors)
	}
}
