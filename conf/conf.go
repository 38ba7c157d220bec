// Package conf holds the configurations that come with supervisord.
package conf

import _ "embed"

// Demo is a demonstration that needs nothing but /bin/sh. It keeps all its
// files in the directory that it is put into.
//
//go:embed demo.conf
var Demo string
