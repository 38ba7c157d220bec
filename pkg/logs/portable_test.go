//go:build linux && portable

package logs

const portable = true
