// Package logs carries the output of programs to where it is kept, and keeps
// the log of supervisord itself.
//
// # The way of a byte
//
// A program's stdout and stderr are pipes. A [Poller] watches the read ends of
// all of them with one descriptor and one goroutine; a pipe gets a goroutine of
// its own only while there is something in it to carry. So an idle program
// costs a table row, and a sink that stalls (a hung network file system, a
// terminal nobody reads) holds up the pipes that lead into it and no other.
//
// On Linux the plain way is splice(2) from the pipe to the file: no byte is
// ever in our memory, so there is none to lose if we are killed. Where the bytes
// have to be looked at (escape sequences, events, capture mode, syslog, the end
// of a line near the size limit of a file) they are duplicated with tee(2),
// looked at, written, and only then taken out of the pipe: a kill in between
// repeats them at worst. Only what capture mode holds between its two tokens
// lives in memory alone.
//
// # Sinks
//
// A [File] is one path, whoever shares it; [Store] hands it out and counts its
// users. Files are appended to, rotated at the end of a line once they have
// reached their size, and noticed when they are deleted, truncated or also
// written by someone else. The oldest backup loses its name in a rotation and its
// contents beside it: to free them can take longer than to fill the next file. An
// error in writing never closes a file and never
// blocks a program: what cannot be written is dropped and counted, writing is
// tried again at most ten times a second, and once it succeeds a line in the
// file says how much is missing.
//
// # Who closes what
//
// A [Pump] owns its pipe end and a share in its File and gives both up at the
// end of file or at Close. The holder of a File from [Store.Open] closes its own
// share whenever it likes. A Poller is closed last; that ends its pumps.
package logs
