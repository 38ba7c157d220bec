// Package supervisor is the one owner of all program state.
//
// One goroutine, the loop (Run), holds every process.Machine. Everything reaches
// it as a function to be run there: a child exited, a spawn finished, an RPC
// call, a signal, a configuration that was read. It steps the machine and
// carries out the actions. Nothing in the loop blocks: what can (fork and exec,
// opening logs, reading files, writing to a process) happens outside and comes
// back as an event.
//
// An RPC is one hop: the caller's goroutine has a function run in the loop, and
// where it waits, it leaves a condition with the process that is looked at after
// each step. Nobody polls and nobody locks.
//
// What the loop needs of the machine is the interface Host; OS is the real one.
package supervisor
