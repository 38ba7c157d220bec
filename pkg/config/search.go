package config

import (
	"fmt"
	"os"
	"strings"
)

// SearchPath lists where a configuration file is looked for if none is named.
// argv0 is the name that the program was called by.
func SearchPath(argv0 string) []string {
	prefix := directoryOf(directoryOf(argv0))
	return []string{
		joinPath(prefix, "etc/supervisord.conf"),
		joinPath(prefix, "supervisord.conf"),
		"supervisord.conf",
		"etc/supervisord.conf",
		"/etc/supervisord.conf",
		"/etc/supervisor/supervisord.conf",
	}
}

// FindFile gives the first file of the search path that exists.
func FindFile(argv0 string) (string, error) {
	paths := SearchPath(argv0)
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			return absolute(path), nil
		}
	}
	//lint:ignore ST1005 Supervisor's text
	return "", fmt.Errorf("No config file found at default paths (%s); use the -c option to specify a config file at a different path",
		strings.Join(paths, ", "))
}
