package spawn

import "testing"

// A start and its end, the quick way and by way of the stage.
func BenchmarkStart(b *testing.B) {
	for name, umask := range map[string]int{"quick": -1, "stage": 0o22} {
		b.Run(name, func(b *testing.B) {
			f := newFamily(b)
			null := openNull(b)
			spec := &Spec{Name: "kid", File: "/bin/true", Argv: []string{"true"}, Umask: umask, Stdin: null, Stdout: null, Stderr: null}
			for b.Loop() {
				_, end, err := f.start(spec)
				if err != nil {
					b.Fatal(err)
				}
				f.await(end)
			}
			f.Close()
		})
	}
}
