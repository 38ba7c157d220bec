package main

import (
	"fmt"
	"os"
	"path/filepath"

	"supervisord/conf"
	"supervisord/pkg/daemon"
)

// demo runs the built-in demonstration in a directory of its own, which is
// removed afterwards.
func demo(o daemon.Options) (code int, err error) {
	dir, err := os.MkdirTemp("", "supervisord-demo-")
	if err != nil {
		return 2, err
	}
	defer os.RemoveAll(dir)
	o.File = filepath.Join(dir, "supervisord.conf")
	if err := os.WriteFile(o.File, []byte(conf.Demo), 0o600); err != nil {
		return 2, err
	}
	self, err := os.Executable()
	if err != nil {
		return 2, err
	}
	fmt.Printf("The demonstration runs in %s. In another terminal, try:\n\n    %s -c %s status\n\nCtrl-C ends it and removes the directory.\n\n",
		dir, filepath.Join(filepath.Dir(self), "supervisorctl"), o.File)
	o.Flags["nodaemon"] = "true"
	return daemon.Run(o), nil
}
