// Package daemon is the life of supervisord as a process: reading the
// configuration, giving up privileges, raising limits, opening the main log and
// the HTTP servers, going into the background, the pidfile, signals, and
// starting over on a restart. What it wires together lives in the packages
// below it.
//
// The order of the start is Supervisor's, with one exception: the sockets are
// opened before old AUTO logs are cleaned up, so that a second supervisord,
// which cannot have the sockets, does not remove the logs of the first.
//
// Going into the background: a Go process cannot fork. The process that the
// user started reads the configuration, so that its errors are told at once,
// and then starts a copy of itself in a session of its own (launch). The copy
// does the whole start with the terminal still at hand for its errors; when it
// is about to detach it says so over a pipe, and the first process exits with
// 0. Had the copy failed, the first process exits with its code.
package daemon
