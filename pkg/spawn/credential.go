package spawn

import (
	"os/user"
	"slices"
	"strconv"
	"syscall"
)

// refusal says why one cannot become a user, in Supervisor's words.
type refusal string

const (
	refusedNonroot refusal = "Can't drop privilege as nonroot user"
	refusedGroups  refusal = "Could not set groups of effective user"
	refusedGroup   refusal = "Could not set group id of effective user"
)

// Error returns the words.
func (r refusal) Error() string { return string(r) }

// Credential is the user that a child runs as.
type Credential struct {
	UID    int
	GID    int
	Groups []int // the primary group first, then all that list the user
	// Refused says in Supervisor's words why one cannot become this user.
	// If it is not empty, the child that Start makes says so on its
	// descriptor 2 and exits with 127.
	Refused string
}

// LookupCredential reads the user databases for uid, as Supervisor does at every
// start. The credential is never nil: with an error it carries the reason in
// Refused and can be given to Start all the same, which makes the child that
// reports it.
func LookupCredential(uid int) (*Credential, error) {
	c, err := lookup(uid)
	if err != nil {
		return &Credential{UID: uid, Refused: err.Error()}, err
	}
	return c, nil
}

func lookup(uid int) (*Credential, error) {
	account, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return nil, refusal("Can't find uid " + strconv.Itoa(uid))
	}
	c := &Credential{UID: uid}
	if c.GID, err = strconv.Atoi(account.Gid); err != nil {
		return nil, refusedGroup
	}
	if current(uid) {
		return c, nil
	}
	if syscall.Getuid() != 0 {
		return nil, refusedNonroot
	}
	if c.Groups, err = groups(account, c.GID); err != nil {
		return nil, refusedGroups
	}
	return c, nil
}

// current reports whether we are uid already, so that nothing is to be done.
func current(uid int) bool { return uid == syscall.Getuid() }

// groups lists the primary group, then the groups that list the user.
func groups(account *user.User, primary int) ([]int, error) {
	names, err := account.GroupIds()
	if err != nil {
		return nil, err
	}
	list := []int{primary}
	for _, name := range names {
		gid, err := strconv.Atoi(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, gid) {
			list = append(list, gid)
		}
	}
	return list, nil
}
