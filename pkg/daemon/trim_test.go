package daemon

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// resident is how much of the pages of files this process has in memory, in KiB.
func resident(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc here")
	}
	_, rest, _ := strings.Cut(string(status), "RssFile:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What trim forgets is much, and comes back when it is used.
func TestTrim(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux")
	}
	before := resident(t)
	trim()
	if after := resident(t); after > before*3/4 {
		t.Errorf("%d KiB of the program before, %d KiB after", before, after)
	}
}

// The timer lives only after requests, and trims once they have ended.
func TestTrimmer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var trimmer trimmer
		for range 5 {
			trimmer.touch()
			time.Sleep(trimAfter / 2)
			if !trimmer.armed.Load() {
				t.Fatal("trimmed between requests")
			}
		}
		time.Sleep(trimAfter)
		synctest.Wait()
		if trimmer.armed.Load() {
			t.Error("the timer lives on without requests")
		}
	})
}
