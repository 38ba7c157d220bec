//go:build !portable

package logs

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// A SIGKILL at any moment loses and repeats no byte: whoever comes next goes on
// where the pipe stands. Half of the kills are with rotation.
func TestKilledAtRandom(t *testing.T) {
	t.Parallel()
	const kills = 50
	for _, maxBytes := range []int64{0, 200_000} {
		t.Run(fmt.Sprint("maxbytes=", maxBytes), func(t *testing.T) {
			t.Parallel()
			path := t.TempDir() + "/web.log"
			read, write := pipe(t)
			end := os.NewFile(uintptr(read), "read end")
			defer end.Close()
			results, result, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer results.Close()

			writer := exec.Command(os.Args[0])
			writer.Env = append(os.Environ(), "LOGS_HELPER=count")
			writer.Stdout, writer.Stderr, writer.ExtraFiles = write, os.Stderr, []*os.File{result}
			stop, err := writer.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := writer.Start(); err != nil {
				t.Fatal(err)
			}
			write.Close()
			result.Close()
			defer writer.Process.Kill()

			random := rand.New(rand.NewPCG(uint64(maxBytes), uint64(time.Now().UnixNano())))
			for range kills {
				before := size(path)
				pump := startPump(t, end, path, maxBytes)
				eventually(t, "some output", func() bool { return size(path) != before })
				time.Sleep(time.Duration(random.IntN(8_000)) * time.Microsecond) // the moment of the kill
				pump.Process.Kill()
				pump.Wait()
			}
			last := startPump(t, end, path, maxBytes)
			stop.Close()
			if err := writer.Wait(); err != nil {
				t.Fatal("writer:", err)
			}
			if err := last.Wait(); err != nil {
				t.Fatal("pump:", err)
			}
			var count int
			if _, err := fmt.Fscan(results, &count); err != nil {
				t.Fatal(err)
			}
			var kept []byte
			for _, name := range allFiles(t, path) {
				data := content(t, name)
				if maxBytes > 0 && len(data) > 0 && data[len(data)-1] != '\n' {
					t.Errorf("%s ends inside a line", name)
				}
				kept = append(kept, data...)
			}
			if from := contiguous(t, kept, count); from != 0 {
				t.Errorf("begins with line %d", from)
			}
			t.Logf("%d kills, %d lines, %d bytes", kills, count, len(kept))
		})
	}
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func startPump(t *testing.T, read *os.File, path string, maxBytes int64) *exec.Cmd {
	t.Helper()
	pump := exec.Command(os.Args[0], path, strconv.FormatInt(maxBytes, 10), "100000")
	pump.Env = append(os.Environ(), "LOGS_HELPER=pump")
	pump.Stderr, pump.ExtraFiles = os.Stderr, []*os.File{read}
	if err := pump.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pump.Process.Kill() })
	return pump
}
