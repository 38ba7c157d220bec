package spawn

import (
	"fmt"
	"syscall"

	"supervisord/pkg/config"
)

// Describe says how a process ended: its exit status, -1 if it did not exit by
// itself, and a text for the log ("exit status 1", "terminated by SIGKILL").
func Describe(ws syscall.WaitStatus) (exitstatus int, text string) {
	switch {
	case ws.Exited():
		return ws.ExitStatus(), fmt.Sprintf("exit status %d", ws.ExitStatus())
	case ws.Signaled():
		text = "terminated by " + config.SignalName(ws.Signal())
		if ws.CoreDump() {
			text += " (core dumped)"
		}
		return -1, text
	}
	return -1, fmt.Sprintf("unknown termination cause 0x%04x", uint32(ws))
}
