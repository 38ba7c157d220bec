// Package harness starts the real daemon in a directory of its own, drives it
// with the real client and looks at it from outside: its processes, its files,
// what it answers.
//
// A test package builds the programs once and gives every test a daemon:
//
//	func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }
//
//	func TestEcho(t *testing.T) {
//		d := harness.New(t)
//		d.Configure("[program:cat]\ncommand=cat\n")
//		d.Start()
//		d.AwaitState("cat", "RUNNING")
//		d.Ctl("stop", "cat").Want(t, 0, "cat: stopped\n")
//	}
//
// When the test ends, the daemon is asked to end; what it leaves behind is an
// error of the test, is named and is killed. Nothing is waited for by sleeping:
// Await looks at a condition until it holds or its deadline has passed.
//
// The environment variables SUPERVISORD and SUPERVISORCTL name other programs
// to be tested, such as the original: SUPERVISORD=/usr/bin/supervisord. The
// expectations are thereby tested too. Where the two differ on purpose, a test
// asks Oracle.
package harness
