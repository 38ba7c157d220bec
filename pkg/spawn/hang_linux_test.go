package spawn

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// hungDisk is a file system that answers every question about its one file,
// "program", but never lets it be opened: what a dead network disk does to exec.
type hungDisk struct {
	dir    string
	device int
	opened chan struct{} // receives when somebody waits for the open
	done   chan struct{}
}

// mountHungDisk mounts one; end makes those who wait fail.
func mountHungDisk(t *testing.T) *hungDisk {
	t.Helper()
	needsRoot(t)
	device, err := syscall.Open("/dev/fuse", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("no file system can be made to hang here: /dev/fuse: %v", err)
	}
	d := &hungDisk{dir: t.TempDir(), device: device, opened: make(chan struct{}, 10), done: make(chan struct{})}
	options := fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0", device)
	if err := unix.Mount("hung", d.dir, "fuse", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
		syscall.Close(device)
		t.Skipf("no file system can be made to hang here: mount: %v", err)
	}
	go d.serve()
	t.Cleanup(d.end)
	return d
}

func (d *hungDisk) end() {
	if d.device < 0 {
		return
	}
	unix.Unmount(d.dir, unix.MNT_FORCE|unix.MNT_DETACH)
	<-d.done
	syscall.Close(d.device)
	d.device = -1
}

// The requests of the kernel that need an answer of our own.
const (
	fuseLookup    = 1
	fuseForget    = 2
	fuseGetattr   = 3
	fuseOpen      = 14
	fuseStatfs    = 17
	fuseInit      = 26
	fuseInterrupt = 36
)

func (d *hungDisk) serve() {
	defer close(d.done)
	request := make([]byte, 1<<17)
	for {
		n, err := syscall.Read(d.device, request)
		switch {
		case err == syscall.EINTR || err == syscall.ENOENT:
			continue
		case err != nil || n < 40:
			return // unmounted
		}
		code := binary.NativeEndian.Uint32(request[4:])
		node := binary.NativeEndian.Uint64(request[16:])
		var answer []byte
		switch code {
		case fuseForget, fuseInterrupt:
			continue
		case fuseOpen:
			d.opened <- struct{}{}
			continue
		case fuseInit:
			answer = make([]byte, 64)
			binary.NativeEndian.PutUint32(answer[0:], 7)
			binary.NativeEndian.PutUint32(answer[4:], 31)
			binary.NativeEndian.PutUint32(answer[20:], 4096)
		case fuseLookup:
			answer = make([]byte, 40, 128)
			binary.NativeEndian.PutUint64(answer, 2)
			answer = append(answer, attributes(2)...)
		case fuseGetattr:
			answer = append(make([]byte, 16, 104), attributes(node)...)
		case fuseStatfs:
			answer = make([]byte, 80)
		}
		d.reply(request, answer)
	}
}

// reply answers a request; what is nil was not understood.
func (d *hungDisk) reply(request, answer []byte) {
	out := make([]byte, 16, 16+len(answer))
	out = append(out, answer...)
	binary.NativeEndian.PutUint32(out, uint32(len(out)))
	if answer == nil {
		failed := -int32(syscall.ENOSYS)
		binary.NativeEndian.PutUint32(out[4:], uint32(failed))
	}
	copy(out[8:16], request[8:16])
	syscall.Write(d.device, out)
}

// attributes are those of the folder (1) or of the program.
func attributes(node uint64) []byte {
	a := make([]byte, 88)
	mode := uint32(syscall.S_IFDIR | 0o755)
	if node != 1 {
		mode = syscall.S_IFREG | 0o755
	}
	binary.NativeEndian.PutUint64(a, node)
	binary.NativeEndian.PutUint64(a[8:], 1000)
	binary.NativeEndian.PutUint32(a[60:], mode)
	binary.NativeEndian.PutUint32(a[64:], 1)
	return a
}

// A program whose file hangs delays nobody: not the start itself, not another
// start, and not the runtime.
func TestHungFileHangsAlone(t *testing.T) {
	disk := mountHungDisk(t)
	file, argv, err := Find(filepath.Join(disk.dir, "program"), "")
	if err != nil {
		t.Fatal(err)
	}
	f := newFamily(t)
	hung := f.run(&Spec{Name: "hung", File: file, Argv: argv, Umask: -1})
	select {
	case <-disk.opened:
	case <-time.After(deadline):
		t.Fatal("nobody has opened the program")
	}

	well := make(chan string, 1)
	go func() {
		runtime.GC() // stops the world
		_, _, end := f.run(sh("exit 3")).output()
		well <- end
	}()
	select {
	case end := <-well:
		if end != "exit status 3" {
			t.Error(end)
		}
	case <-time.After(deadline):
		t.Fatal("the hung program keeps others waiting")
	}

	disk.end()
	_, stderr, end := hung.output()
	if !strings.HasPrefix(stderr, "supervisor: couldn't exec "+file+": ") || end != "exit status 127" {
		t.Errorf("stderr %q, %s", stderr, end)
	}
}

func TestRemote(t *testing.T) {
	disk := mountHungDisk(t)
	program := filepath.Join(disk.dir, "program")
	for _, c := range []struct {
		spec Spec
		want bool
	}{
		{Spec{File: program}, true},
		{Spec{File: "program", Dir: disk.dir}, true},
		{Spec{File: "/bin/true", Dir: disk.dir}, true},
		{Spec{File: filepath.Base(disk.dir) + "/program", Dir: filepath.Dir(disk.dir)}, true},
		{Spec{File: program, Dir: os.TempDir()}, true},
		{Spec{File: "/proc/self/exe", Dir: "/proc"}, false},
		{Spec{File: "/proc/no/such", Dir: "/proc/no"}, false},
	} {
		if got := mayHang(&c.spec); got != c.want {
			t.Errorf("%q in %q: %t", c.spec.File, c.spec.Dir, got)
		}
	}
}
