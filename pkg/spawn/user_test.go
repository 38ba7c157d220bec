package spawn

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// nobody is the user that tests become, which every Linux has.
const nobody = 65534

// publicDir is a temporary folder that others may enter.
func publicDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// asNobody runs the running test once more in a process of another user. It must
// not be used beside a Children, which would collect the process.
func asNobody(t *testing.T) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	cmd.Dir = "/"
	output, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "--- PASS: "+t.Name()) {
		t.Errorf("as nobody: %v\n%s", err, output)
	}
}

func TestBecomeUser(t *testing.T) {
	needsRoot(t)
	dir := publicDir(t)
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil { // entered as the new user
		t.Fatal(err)
	}
	both(t, func(t *testing.T, f *family, way func(*Spec) *Spec) {
		spec := sh(`grep -E '^(Uid|Gid|Groups)' /proc/$$/status; pwd -P`)
		spec.User = &Credential{UID: nobody, GID: nobody, Groups: []int{nobody, 7, 8}}
		spec.Dir = dir
		stdout, stderr, _ := f.run(way(spec)).output()
		want := "Uid:\t65534\t65534\t65534\t65534\nGid:\t65534\t65534\t65534\t65534\nGroups:\t7 8 65534 \n" + dir + "\n"
		if stdout != want || stderr != "" {
			t.Errorf("%q, want %q; stderr %q", stdout, want, stderr)
		}
	})
}

// To become who one is needs no right and changes no group.
func TestBecomeOneself(t *testing.T) {
	both(t, func(t *testing.T, f *family, way func(*Spec) *Spec) {
		spec := sh(`id -u; id -G`)
		plain, _, _ := f.run(way(spec)).output()
		spec.User = &Credential{UID: os.Getuid(), GID: 4711, Groups: []int{4711}}
		stdout, stderr, end := f.run(way(spec)).output()
		if stdout != plain || stderr != "" || end != "exit status 0" {
			t.Errorf("%q, want %q; stderr %q, %s", stdout, plain, stderr, end)
		}
	})
}

// Who is not root becomes nobody else, and the child says so.
func TestBecomeUserAsNonroot(t *testing.T) {
	if os.Getuid() == 0 {
		asNobody(t)
		return
	}
	const want = "supervisor: couldn't setuid to 0: Can't drop privilege as nonroot user\n" +
		"supervisor: child process was not spawned\n"
	looked, err := LookupCredential(0)
	if err == nil || err.Error() != "Can't drop privilege as nonroot user" {
		t.Errorf("%+v, %v", looked, err)
	}
	f := newFamily(t)
	for _, user := range []*Credential{looked, {UID: 0}} {
		spec := sh(`echo ran`)
		spec.User = user
		stdout, stderr, end := f.run(spec).output()
		if stdout != "" || stderr != want || end != "exit status 127" {
			t.Errorf("stdout %q, stderr %q, %s", stdout, stderr, end)
		}
	}
}

func TestLookupUnknownUser(t *testing.T) {
	const uid = 2_000_000_011
	c, err := LookupCredential(uid)
	if err == nil || err.Error() != "Can't find uid 2000000011" || c == nil || c.Refused != err.Error() || c.UID != uid {
		t.Errorf("%+v, %v", c, err)
	}
}

// The groups that Supervisor would set, for some of the users of this machine.
// It may list the primary group twice, which means the same.
func TestLookupAsSupervisor(t *testing.T) {
	needsRoot(t)
	uids := []int{0, 1, 2, 33, nobody, 2_000_000_011}
	type answer struct {
		Groups  []int
		GID     int
		Refused string
	}
	for i, want := range oracle[answer](t, "groups", uids) {
		c, _ := LookupCredential(uids[i])
		if uids[i] == os.Getuid() { // Supervisor does nothing
			want.GID, want.Groups = c.GID, c.Groups
		}
		if want.Refused != "" {
			want.GID = 0
		}
		want.Groups = slices.Compact(want.Groups)
		if c.Refused != want.Refused || c.GID != want.GID || !slices.Equal(c.Groups, want.Groups) {
			t.Errorf("uid %d: %+v, Supervisor %+v", uids[i], c, want)
		}
	}
}
