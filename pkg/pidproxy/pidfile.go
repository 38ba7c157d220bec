package pidproxy

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// readPid reads a pidfile. Numbers that are no process of anybody's daemon are
// errors: 0 and negative ones mean groups of processes to kill(2), 1 is the
// system's, and we are not our own daemon.
func readPid(path string) (int, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	text := strings.TrimSpace(string(data))
	pid, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%s holds %.40q, which is no pid", path, text)
	}
	if pid <= 1 || pid == os.Getpid() {
		return 0, fmt.Errorf("%s holds %d, which is no pid of a daemon", path, pid)
	}
	return pid, nil
}
