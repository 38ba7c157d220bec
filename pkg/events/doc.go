// Package events holds what happens as events, and the pools of listeners that
// are told of it.
//
// A [Bus] hands each [Event] to the pools that asked for its type. A [Pool] is
// an [eventlistener:x] section: it keeps events, at most buffer_size of them,
// until one of its processes can take one. A [Listener] is one of these
// processes, as far as the protocol on its standard input and output goes.
//
// Nothing here blocks, knows the clock or has a goroutine: one goroutine, the
// loop of package supervisor, owns a Bus and all that belongs to it. A listener
// that hangs, dies, answers nonsense or is never ready therefore costs its pool
// the oldest events, and nobody else anything.
//
// One thing is better than in Supervisor: an event that was rejected, or that a
// dying listener had, goes back to its own pool only (there: to every pool with
// a process of the same priority).
//
// The protocol says that len in the header counts bytes, but Supervisor counts
// characters since it runs on Python 3. Listeners in Python, which use its
// childutils or read sys.stdin, count so too, and would wait for ever for what
// does not come; listeners in other languages lose their place after the first
// character that is not ASCII. So each gets the length that it reads: a listener
// whose program is a Python in characters, others in bytes, and event_len of the
// section has the last word.
package events
