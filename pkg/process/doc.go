// Package process is the life of one process as a value and a function: no
// clock, no system call, no goroutine.
//
// A Machine says how things stand. Step takes a machine, the time and an event,
// and gives the next machine and the actions to be carried out, in order. The
// supervisor's loop owns the machines, carries the actions out and brings what
// came of them back as events.
//
// The rules that the code keeps:
//
//   - State changes go along the edges of api.States only.
//   - A deadline belongs to the state that set it: entering a state clears it,
//     then the state sets its own. A Tick at or after the deadline always moves
//     the machine or sets a later deadline.
//   - Spawning takes time. STARTING with Pid 0 means that the spawn is under
//     way. A Stop then leads to STOPPING with Pid 0 and no deadline; Spawned
//     there sends the stop signal, Failed there ends in STOPPED.
//   - There is no Kill action without a pid, and one Spawn at a time.
//   - Time is monotonic: a step of the wall clock moves no deadline.
//
// Where Supervisor's pace came from its poll once a second, the pace is kept
// where users rely on it and the lag is dropped where they suffer from it: a
// process that lived for a second or more is started again at once; one that
// died sooner (only possible with startsecs=0, everything else is BACKOFF) is
// started again one second after its last start, so that it never spins.
package process
