//go:build !linux

package logs

import (
	"context"
	"os"
)

// watch tells when a followed file may have changed: after a while.
type watch struct{}

func newWatch(string) *watch                  { return &watch{} }
func (*watch) close()                         {}
func (*watch) arm(*os.File)                   {}
func (*watch) add(*os.File)                   {}
func (*watch) drop(*os.File)                  {}
func (*watch) wait(ctx context.Context) error { return pause(ctx, followPoll) }
