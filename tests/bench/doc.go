// Command bench times this project beside Supervisor 4.2.5.
//
// Both run on one machine in one run, one after the other in turns (A B A B …),
// so that what else the machine does hits both. A side is a daemon and a client;
// -a and -b name them, and A beside A shows how far the figures of a machine can
// be trusted.
//
// One life of a daemon with N programs gives: the time to the first and to the
// last exec, told by the programs themselves (child/child.c); the CPU time of
// the boot; private memory, threads; CPU time and voluntary context switches
// while nothing happens; the time of a whole "supervisorctl status"; latencies
// of RPC calls over the unix socket, as a client sees them that does nothing but
// read; the time from a program's death to its next
// exec; the time of the shutdown. A second kind of life lets one program write
// numbered lines into a log, with rotation and without, and reads them back.
//
// scripts/bench builds what is needed and runs it.
package main
