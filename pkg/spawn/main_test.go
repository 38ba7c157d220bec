package spawn

import (
	"os"
	"testing"
)

// TestMain lets the test binary be the stage, as the mains do.
func TestMain(m *testing.M) {
	if IsStage(os.Args) {
		os.Exit(RunStage())
	}
	os.Exit(m.Run())
}
