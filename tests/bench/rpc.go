//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"time"
)

// A way is how calls reach the server.
type way struct {
	network string
	keeps   bool
	clients int
}

func (w way) String() string {
	text := w.network + ", kept"
	if !w.keeps {
		text = w.network + ", not kept"
	}
	if w.clients == 1 {
		return text + ", 1 client"
	}
	return fmt.Sprintf("%s, %d clients", text, w.clients)
}

var ways = []way{
	{"unix", true, 1}, {"unix", true, 16}, {"unix", false, 1}, {"unix", false, 16},
	{"tcp", true, 1}, {"tcp", true, 16}, {"tcp", false, 1}, {"tcp", false, 16},
}

// frequent are the calls that are counted.
var frequent = []struct {
	method string
	args   []string
}{{"getState", nil}, {"getProcessInfo", []string{programName(0)}}}

func rowListing(network string, n int) string {
	return "getAllProcessInfo: " + network + ", " + programs(n)
}

func rowCalls(method string, w way) string { return method + ": " + w.String() }

// rpcRows are the rows of RPC in a life with n programs.
func (b *bench) rpcRows(n int) []string {
	var all []string
	for _, network := range []string{"unix", "tcp"} {
		all = append(all, latency(rowListing(network, n))...)
	}
	if n == b.main() {
		for _, call := range frequent {
			for _, w := range ways {
				all = append(all, rowCalls(call.method, w))
			}
		}
	}
	return all
}

func (l *life) socket() string { return filepath.Join(l.dir, "s.sock") }

func (l *life) address(network string) string {
	if network == "unix" {
		return l.socket()
	}
	return fmt.Sprintf("127.0.0.1:%d", l.port)
}

// answers waits until the daemon accepts connections.
func (l *life) answers(ctx context.Context) error {
	return l.alive(ctx, "answer", func() bool {
		conn, err := net.Dial("unix", l.socket())
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
}

// rpc measures the calls.
func (b *bench) rpc(ctx context.Context, l *life, n int) error {
	if !b.wantsAny(b.rpcRows(n)...) {
		return nil
	}
	if err := l.answers(ctx); err != nil {
		return err
	}
	for _, network := range []string{"unix", "tcp"} {
		row := rowListing(network, n)
		if !b.wantsAny(latency(row)...) {
			continue
		}
		c := newCaller(network, l.address(network), true)
		samples, err := c.sample(ctx, b.calls, 0, c.request("getAllProcessInfo"))
		if err := errors.Join(err, c.close()); err != nil {
			return fmt.Errorf("getAllProcessInfo: %w", err)
		}
		b.table.addLatency(l.peer, row, samples...)
	}
	if n != b.main() {
		return nil
	}
	for _, call := range frequent {
		for _, w := range ways {
			if row := rowCalls(call.method, w); b.wants(row) {
				rate, err := l.callRate(ctx, w, b.calls, call.method, call.args...)
				if err != nil {
					return fmt.Errorf("%s: %w", row, err)
				}
				b.table.addRate(l.peer, row, "calls/s", rate)
			}
		}
	}
	return nil
}

// callRate is how many calls a second all clients of a way get answered.
func (l *life) callRate(ctx context.Context, w way, budget time.Duration, method string, args ...string) (float64, error) {
	var (
		all     sync.WaitGroup
		lock    sync.Mutex
		calls   int
		failure error
	)
	began := time.Now()
	for range w.clients {
		all.Go(func() {
			c := newCaller(w.network, l.address(w.network), w.keeps)
			n, err := c.repeat(ctx, began.Add(budget), c.request(method, args...))
			lock.Lock()
			calls, failure = calls+n, errors.Join(failure, err, c.close())
			lock.Unlock()
		})
	}
	all.Wait()
	return float64(calls) / time.Since(began).Seconds(), failure
}

// repeat makes calls until the end, one at least, and counts them.
func (c *caller) repeat(ctx context.Context, end time.Time, request []byte) (int, error) {
	for n := 1; ; n++ {
		if err := c.call(request); err != nil {
			return n, err
		}
		if err := ctx.Err(); err != nil || time.Now().After(end) {
			return n, err
		}
	}
}

// sample makes the calls in turn for the time of the budget, five at least and
// five thousand at most, with a pause between them, and returns how long each
// took in milliseconds. The first one is not counted.
func (c *caller) sample(ctx context.Context, budget, pause time.Duration, requests ...[]byte) ([]float64, error) {
	if err := c.call(requests[0]); err != nil {
		return nil, err
	}
	var all []float64
	for end := time.Now().Add(budget); len(all) < 5 || (time.Now().Before(end) && len(all) < 5000); {
		if err := rest(ctx, pause); err != nil {
			return nil, err
		}
		began := time.Now()
		if err := c.call(requests[len(all)%len(requests)]); err != nil {
			return nil, err
		}
		all = append(all, milliseconds(time.Since(began)))
	}
	return all, nil
}
