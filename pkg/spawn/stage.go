package spawn

import (
	"io"
	"os"
	"strconv"
	"syscall"
)

// stageName is the argument 0 of a stage, by which main knows it.
const stageName = "supervisord-stage"

// ordersFD is the descriptor on which a stage finds its orders.
const ordersFD = 3

// stageFailed is the exit status of a child that could not run its program.
const stageFailed = 127

// IsStage reports whether a process with these arguments was started as a stage.
// A main asks before it does anything else, and if so ends with what RunStage
// returns.
func IsStage(args []string) bool {
	return len(args) == 1 && args[0] == stageName
}

// RunStage is the life of a stage: it reads its orders, takes the steps of a
// child's start in their order, and becomes the program. It returns only if a
// step has failed, after it has said which one on descriptor 2, with the exit
// status of the process.
func RunStage() int {
	problem := "couldn't read its orders"
	if s, err := receive(); err == nil {
		problem = s.perform()
	}
	say(problem)
	say("child process was not spawned")
	return stageFailed
}

// say writes a line in Supervisor's form.
func say(text string) {
	line := []byte("supervisor: " + text + "\n")
	for len(line) > 0 {
		n, err := syscall.Write(2, line)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return // nobody is left to be told
		}
		line = line[n:]
	}
}

// receive reads the orders to their end and closes their descriptor.
func receive() (*Spec, error) {
	f := os.NewFile(ordersFD, "orders")
	defer f.Close()
	orders, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return decode(orders)
}

// perform takes the steps that come after the descriptors are in place. It
// returns only if one fails, and says which.
func (s *Spec) perform() string {
	if problem := s.becomeUser(); problem != "" {
		return problem
	}
	if s.Dir != "" {
		if err := syscall.Chdir(s.Dir); err != nil {
			return "couldn't chdir to " + s.Dir + ": " + ErrnoName(err)
		}
	}
	if s.Umask >= 0 {
		syscall.Umask(s.Umask)
	}
	if s.hasNUL() {
		return "couldn't exec " + s.File + ": embedded null byte"
	}
	err := syscall.Exec(s.File, s.Argv, s.Env)
	return "couldn't exec " + s.Argv[0] + ": " + ErrnoName(err)
}

// becomeUser switches groups and user, and returns what prevented it.
func (s *Spec) becomeUser() string {
	switch {
	case s.refused() != "":
		return s.cannotBecome(s.refused())
	case !s.switches():
		return ""
	case syscall.Setgroups(s.User.Groups) != nil:
		return s.cannotBecome(refusedGroups.Error())
	case syscall.Setgid(s.User.GID) != nil:
		return s.cannotBecome(refusedGroup.Error())
	}
	// Here Supervisor says nothing but the second line.
	if err := syscall.Setuid(s.User.UID); err != nil {
		return s.cannotBecome(ErrnoName(err))
	}
	return ""
}

func (s *Spec) cannotBecome(why string) string {
	return "couldn't setuid to " + strconv.Itoa(s.User.UID) + ": " + why
}
