//go:build !portable

package logs

const portable = false
