// Package spawn starts the children of the supervisor exactly as configured,
// and learns of their ends.
//
// The way of one start, all of it away from the supervisor's loop (a job of the
// Queue), because each step may wait for a disk or a network:
//
//	file, argv, err := spawn.Find(command, path)   // which file is to run
//	user, _ := spawn.LookupCredential(uid)         // as whom
//	stdout, child, err := spawn.OutputPipe()       // its output
//	children.Start(&spawn.Spec{…}, started)        // fork and exec
//
// # What a child is given
//
// In this order: a process group of its own (it stays in the session of the
// supervisor), descriptors 0, 1 and 2 and no others, the groups and the user,
// the directory (entered as the new user), the umask, exec. All signals that
// the supervisor handles have their default action in the child, SIGPIPE and
// SIGXFSZ too; Supervisor hands these two on ignored.
//
// # Two ways to the same child
//
// The quick way is one fork and exec by the runtime. It cannot set a umask, and
// when it fails it tells an errno but not the step, and leaves no process.
// Supervisor's failures after the fork are those of a process that exists, has a
// pid, writes the reason to its own descriptor 2 and exits with 127. So the slow
// way starts our own binary in place of the program: the stage. It takes the
// same steps one by one, says which of them failed, and ends with 127. The stage
// is used when the quick way has failed, and when it must not be tried: for a
// umask, for a user that one cannot become, and for files on a file system that
// may hang (see mayHang).
//
// # Ends
//
// Children is the only place of the process that waits for children, os/exec
// and os.Process.Wait must not be used beside it. It learns of ends by SIGCHLD,
// needs one goroutine for all, and makes three promises: an end is told after
// its start was told; it is told once; and as long as it is being told, no other
// child of the same pid is told of.
package spawn
