package config

import (
	"fmt"
	"math"
	"os/user"
	"strconv"
	"strings"
)

// ParseUser looks an account up by its name or, if name is a number, by its
// uid. The errors are Supervisor's texts.
func ParseUser(name string) (*User, error) {
	var u *user.User
	var err error
	n, numeric := parseInt(name, 10)
	if numeric {
		u, err = lookupUID(accountID(n))
	} else {
		u, err = user.Lookup(name)
	}
	if err == nil {
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil {
			return &User{Name: u.Username, UID: uid, GID: gid}, nil
		}
	}
	if numeric {
		return nil, fmt.Errorf("Invalid user id %s", name) //lint:ignore ST1005 Supervisor's text
	}
	return nil, fmt.Errorf("Invalid user name %s", name) //lint:ignore ST1005 Supervisor's text
}

// accountID returns a number as a uid or gid, -1 for one that can be none.
func accountID(n number) int {
	if n.value < 0 || n.value > math.MaxUint32 {
		return -1
	}
	return int(n.value)
}

func lookupUID(uid int) (*user.User, error) {
	return user.LookupId(strconv.Itoa(uid))
}

// parseGroup looks a group up by name or number and returns its gid.
func parseGroup(name string) (gid int, err error) {
	var g *user.Group
	if n, ok := parseInt(name, 10); ok {
		g, err = user.LookupGroupId(strconv.Itoa(accountID(n)))
	} else {
		g, err = user.LookupGroup(name)
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(g.Gid)
}

// parseOwner reads user, or user:group, each by name or number. Without a
// group the gid is -1: unchanged.
func parseOwner(text string) (Owner, error) {
	name, group, both := strings.Cut(text, ":")
	u, err := ParseUser(name)
	if err != nil {
		return Owner{}, err
	}
	o := Owner{UID: u.UID, GID: -1}
	if both {
		if o.GID, err = parseGroup(group); err != nil {
			return Owner{}, err
		}
	}
	return o, nil
}
