package daemon

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"supervisord/pkg/config"
	"supervisord/pkg/spawn"
)

// The texts are Supervisor's.
var (
	errSetGroups = errors.New("Could not set groups of effective user")   //lint:ignore ST1005 Supervisor's text
	errSetGID    = errors.New("Could not set group id of effective user") //lint:ignore ST1005 Supervisor's text
)

// rootWarning is logged when supervisord runs as root without having been told
// to.
const rootWarning = "Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  " +
	"If you intend to run as root, you can set user=root in the config file to avoid this message."

// become switches to the user of the configuration for good. It returns the
// line that is to be logged about it.
func become(u *config.User) (config.Message, error) {
	switch {
	case u == nil && os.Getuid() == 0:
		return config.Message{Level: config.Critical, Text: rootWarning}, nil
	case u == nil:
		return config.Message{}, nil
	}
	done := config.Message{Level: config.Info, Text: fmt.Sprintf("Set uid to user %d succeeded", u.UID)}
	if os.Getuid() == u.UID {
		return done, nil
	}
	c, err := spawn.LookupCredential(u.UID)
	if err != nil {
		return config.Message{}, err
	}
	if err := syscall.Setgroups(c.Groups); err != nil {
		return config.Message{}, errSetGroups
	}
	if err := syscall.Setgid(c.GID); err != nil {
		return config.Message{}, errSetGID
	}
	if err := syscall.Setuid(c.UID); err != nil {
		return config.Message{}, fmt.Errorf("cannot become user %q: %v", u.Name, err)
	}
	return done, nil
}
