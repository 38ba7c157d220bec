package config

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// A program that stands in no file may refer to what one of the root file may.
func TestProgramsOfNoFile(t *testing.T) {
	t.Setenv("FROM_OUTSIDE", "outer")
	file := filepath.Join(t.TempDir(), "s.conf")
	if err := os.WriteFile(file, []byte(head+"environment=SHARED=\"one\",BOTH=\"global\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	programs, err := c.Programs("pool", "w", map[string]string{
		"Command":      "run %(here)s %(program_name)s %(group_name)s %(process_num)d %(numprocs)s %(ENV_FROM_OUTSIDE)s %(ENV_SHARED)s",
		"process_name": "%(program_name)s_%(process_num)d", "numprocs": "2", "numprocs_start": "5",
		"environment": "BOTH=own,SIGNS='=;#'", "stdout_logfile": "NONE", "of_a_plugin": "%(kept)s", "": "nobody's",
		"directory": " /tmp\n[x] ; no comment",
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(programs) != 2 {
		t.Fatalf("%d programs", len(programs))
	}
	p := programs[1]
	if want := "run " + filepath.Dir(file) + " w pool 6 2 outer one"; p.Command != want {
		t.Errorf("command %q, want %q", p.Command, want)
	}
	if p.Name != "w_6" || p.Group != "pool" || p.Section != "program:w" || p.Stdout.Logfile.Kind != LogNone || p.Directory != " /tmp\n[x] ; no comment" {
		t.Errorf("got %+v", p)
	}
	if want := map[string]string{"SHARED": "one", "BOTH": "own", "SIGNS": "=;#"}; !maps.Equal(p.Environment, want) {
		t.Errorf("environment %v", p.Environment)
	}
	if p.Extra["of_a_plugin"] != "%(kept)s" {
		t.Errorf("extra %v", p.Extra)
	}
	if len(c.Groups) != 0 {
		t.Errorf("the configuration has changed: %v", c.Groups)
	}
}

// Errors name the root file as it was given, like those of its sections.
func TestProgramsOfNoFileErrors(t *testing.T) {
	c := load(t, head)
	c.given = "as-given.conf"
	for name, want := range map[string]string{
		"x":   "invalid literal for int() with base 10: 'soon' in section 'program:x' (file: 'as-given.conf')",
		"x y": "Invalid name: 'x y' because of character: ' ' in section 'program:x y' (file: 'as-given.conf')",
	} {
		_, err := c.Programs("g", name, map[string]string{"command": "x", "startsecs": "soon"})
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}
