// Command bench times this project beside Supervisor 4.2.5, runit, s6, cat and a
// bare loop in C, the limit.
//
// All run on one machine in one run, one after the other in turns (A B C A B C
// …), so that what else the machine does hits all. A peer (peer.go) is something
// that carries out a plan: programs to run, with a log each. A life (life.go) is
// one peer from its start to its end; a scenario (bench.go) is a kind of life
// and the rows that it measures:
//
//	boot.go    the start of N programs, memory, idleness, deaths, the shutdown
//	rpc.go     calls in such a life
//	log.go     programs that write logs, which verify.go reads back
//	load.go    calls while programs crash or write
//	client.go  supervisorctl
//
// What comes of it goes through table.go: the table, goals (goal.go), growth with
// N (fit.go), JSON (save.go), plots (svg.go, plots.go). docs/benchmarks/README.md
// tells users what the rows mean; scripts/bench builds what is needed and runs it.
package main
