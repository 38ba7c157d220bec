package harness

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// FreePorts are n different TCP ports on which nobody listens. They lie below
// those that the kernel gives to outgoing connections, so that no client takes
// one before its server starts.
func FreePorts(t testing.TB, n int) []int {
	t.Helper()
	var ports []int
	var held []net.Listener
	defer func() {
		for _, l := range held {
			l.Close()
		}
	}()
	for tries := 0; len(ports) < n; tries++ {
		if tries > 1000 {
			t.Fatalf("no %d free ports found", n)
		}
		port := 10000 + rand.IntN(20000)
		l, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
		if err != nil {
			continue
		}
		held = append(held, l)
		ports = append(ports, port)
	}
	return ports
}
