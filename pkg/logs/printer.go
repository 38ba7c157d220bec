package logs

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// Printer writes to something that may stall, such as our standard output, for
// callers that must not. See [NewPrinter].
type Printer struct {
	q queue
}

// NewPrinter makes a Printer. What it is given while w stalls is kept up to a
// limit; beyond that it is dropped, and a line says how many pieces are missing.
func NewPrinter(w io.Writer) *Printer {
	p := &Printer{}
	p.q = queue{
		// An error has nowhere to go.
		deliver:  func(batch [][]byte) { w.Write(bytes.Join(batch, nil)) },
		missing:  func(n int) []byte { return fmt.Appendf(nil, "(%d pieces of output dropped)\n", n) },
		maxItems: mainQueue, maxBytes: mainQueueBytes,
	}
	return p
}

// Print writes data, which it keeps. It never blocks.
func (p *Printer) Print(data []byte) { p.q.add(data, false) }

// Sync waits until everything printed so far is written; false if that takes
// longer than limit.
func (p *Printer) Sync(limit time.Duration) bool { return p.q.sync(limit) }
