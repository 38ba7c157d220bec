package spawn

import (
	"strings"
	"syscall"
)

// Spec is how one child is to be started.
type Spec struct {
	Name string   // of the process, for the texts of errors
	File string   // what is executed, as Find returns it; relative to Dir
	Argv []string // at least one word
	Env  []string // the whole environment as "NAME=value"

	Dir   string      // entered before the file is executed; empty: unchanged
	Umask int         // -1: unchanged
	User  *Credential // nil: unchanged

	// Stdin, Stdout and Stderr are descriptors of ours, which stay open here:
	// the child gets copies as 0, 1 and 2.
	Stdin, Stdout, Stderr int
}

// files is the descriptor table of the child.
func (s *Spec) files() []uintptr {
	return []uintptr{uintptr(s.Stdin), uintptr(s.Stdout), uintptr(s.Stderr)}
}

// staged reports whether the start must go by way of the stage from the first.
func (s *Spec) staged() bool {
	return s.Umask >= 0 || s.refused() != "" || mayHang(s)
}

// switches reports whether the child is to become another user.
func (s *Spec) switches() bool { return s.User != nil && !current(s.User.UID) }

// refused says why the child cannot become its user; empty if it may try.
func (s *Spec) refused() string {
	switch {
	case s.User == nil:
		return ""
	case s.User.Refused != "":
		return s.User.Refused
	case s.switches() && syscall.Getuid() != 0:
		return refusedNonroot.Error()
	}
	return ""
}

// attr is what the quick way tells the runtime.
func (s *Spec) attr() *syscall.ProcAttr {
	sys := &syscall.SysProcAttr{Setpgid: true}
	if s.switches() {
		sys.Credential = &syscall.Credential{Uid: uint32(s.User.UID), Gid: uint32(s.User.GID)}
		for _, gid := range s.User.Groups {
			sys.Credential.Groups = append(sys.Credential.Groups, uint32(gid))
		}
	}
	return &syscall.ProcAttr{Dir: s.Dir, Env: s.Env, Files: s.files(), Sys: sys}
}

// hasNUL reports whether a word or a variable holds a byte that no program can
// be given.
func (s *Spec) hasNUL() bool {
	for _, list := range [][]string{{s.File}, s.Argv, s.Env} {
		for _, word := range list {
			if strings.Contains(word, "\x00") {
				return true
			}
		}
	}
	return false
}
