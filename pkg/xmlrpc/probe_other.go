//go:build !unix

package xmlrpc

import "net"

// alive: a connection that cannot be tried is not used again.
func alive(net.Conn) bool { return false }
