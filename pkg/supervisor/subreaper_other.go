//go:build !linux

package supervisor

func becomeSubreaper() {}
