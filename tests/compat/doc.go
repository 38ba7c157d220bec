// Package compat holds Supervisor 4.2.5 and this project side by side.
//
// One script (testdata/scripts/*.txt) is played in two worlds at once: two
// directories of equal layout, one with Supervisor's daemon and client, one with
// ours. Every step of a script leaves a text: what the client printed and its
// exit code, the bytes of an RPC answer, the lines of the main log. Process
// ids, times and the directory are masked; what is left has to be equal, and
// where it is not the test prints a unified diff.
//
// Some scripts are played by mixed pairs too: Supervisor's client with our
// daemon, ours with Supervisor's daemon.
//
// A difference on purpose is marked in the script (verb "differs") with the id
// of its row in docs/differences.md and a pattern which our answer matches. A
// mark whose answers have become equal fails, as does an id that no script
// uses. A few differences touch many texts; the masks take them out, each under
// its id.
//
// A configuration of testdata/configs.txt is marked by its first lines:
// "# differs ID REGEXP" for the reread and the start, "# values differ ID
// REGEXP" for getAllConfigInfo.
//
// The expectations are Supervisor's own behaviour, so the package needs
// /usr/bin/python3 with Supervisor 4.2.5; without them the tests skip and say
// so. COMPAT_SELF=oracle puts Supervisor on both sides: this proves that a
// script is deterministic before it judges anybody. COMPAT_SELF=daemon puts
// Supervisor's daemon there and judges our client alone, COMPAT_SELF=client the
// reverse.
//
// # Random plays
//
// Random scripts go where nobody thought to look, the same ones every time:
// sequences of RPC calls, good and bad, over rereads, additions and removals of
// groups and restarts (TestRandomCalls); the same on daemons on their way down
// (TestRandomCallsAtTheEnd); command lines for both clients
// (TestRandomCommandLines); programs that tell what they are given
// (TestRandomChildren). For more of them give a seed of your own, and how long a
// play is to be: -seed 7 -calls 5000. Configurations at random are compared in
// pkg/config: -fuzzseconds 600 -fuzzseed 7.
//
// # Scripts
//
// A script is a list of steps, one a line, followed by the files of the world
// in txtar form. "#" starts a comment line. $DIR, $PORT, $PORT2 and $CHILD stand for the
// world's directory, free TCP ports and the helper program, <BYTE> for a byte
// that is no UTF-8. The verbs:
//
//	daemon ARG...          start the daemon in the foreground, await its answer
//	daemonize ARG...       start the daemon without -n, await its answer
//	run ARG...             run the daemon program to its end; stderr and exit code
//	stopped                await the end of the daemon; exit code, stderr, and what
//	                       it has left behind
//	signal NAME            send a signal to the daemon
//	ctl WORD...            run the client; output and exit code
//	ctl0 WORD...           the same without -c supervisord.conf
//	until TEXT WORD...     run the client until it printed TEXT, then interrupt it
//	fg TEXT NAME           run "fg NAME", type TEXT, await its echo, interrupt
//	stdin NAME             the next ctl or until reads this file
//	rpc METHOD [JSON]      call a method with the JSON array as its arguments
//	xml TEXT               post TEXT to /RPC2
//	raw "BYTES"            send bytes to the unix socket, show one answer
//	closed "BYTES"         the same, and the daemon closes the connection
//	stream URL TEXT        follow an endless answer until TEXT has come
//	net unix|inet          where rpc, xml, raw, closed and stream connect to
//	await NAME STATE       until the process is in the state
//	awaitfile PATH REGEXP  until the file matches
//	gone PATH              until the file is gone
//	kill NAME SIGNAL       signal the process NAME by its pid
//	killfile PATH SIGNAL   signal the pid that a program left in a file
//	dead NAME              until the process that "kill" signalled last is reaped
//	copy FROM TO, move FROM TO, remove PATH
//	file PATH              show a file
//	files DIR              show the names in a directory
//	lstat PATH             show type and mode
//	log                    show the main log since the last "log", program by program
//	order WORD             show the processes in the order of the main log's WORD lines
//	events FILE            show the events a listener has recorded, process by process
//	sorted STEP            the step's lines come in any order, and so the client's exit
//	                       code after several failures
//	include NAME           the files of testdata/common/NAME belong to the world
//	differs ID REGEXP      the next step differs on purpose, ours matches
package compat
